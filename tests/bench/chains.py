"""The reference job as shell scripts for the tools that Tapak is compared with. A line "@step NAME" on standard
output begins a step; bench.py times the steps by these lines.

Each chain gets what makes it fast: intermediate rasters uncompressed (compressing them costs more than it saves), a block cache of
2 GB, all cores where the tool knows how, Float32, and no step twice."""
import os

import job

EXTENT = f"{job.X_MIN} {job.Y_MIN} {job.X_MAX} {job.Y_MAX}"


def gdal(data, work, jobs):
    """gdal_rasterize, gdal_proximity.py, gdaldem, gdal_calc.py; `jobs` layers at a time."""
    plain = "-co BIGTIFF=IF_SAFER -co BLOCKYSIZE=64"
    lines = ["set -eu", "export GDAL_CACHEMAX=2048 GDAL_NUM_THREADS=ALL_CPUS", f"cd '{work}'"]
    grid = f"-burn 1 -ot Byte -te {EXTENT} -tr {job.CELL} {job.CELL}"
    names = " ".join(row[0] for row in job.DISTANCES)
    lines += [
        "echo @step rasterize",
        f"printf '%s\\n' {names} {job.MASK} | xargs -P {jobs} -I@ "
        f"gdal_rasterize -q {grid} {plain} '{data}/@.shp' burnt_@.tif",
        "echo @step proximity",
        f"printf '%s\\n' {names} | xargs -P {jobs} -I@ "
        f"gdal_proximity.py -q -values 1 -distunits GEO -ot Float32 {plain} burnt_@.tif distance_@.tif",
        "echo @step slope",
        f"gdaldem slope -q -p -compute_edges {plain} '{data}/{job.DEM}.tif' slope.tif",
        "echo @step sum",
    ]
    letters = "ABCDEFGH"
    inputs = [f"-{c} distance_{row[0]}.tif" for c, row in zip(letters, job.DISTANCES)] + ["-I slope.tif",
                                                                                         f"-J burnt_{job.MASK}.tif"]
    terms = [f"{row[4]}*{job.linear(c, row[2], row[3])}" for c, row in zip(letters + "I", job.DISTANCES + [job.SLOPE])]
    lines.append(f"gdal_calc.py --quiet --overwrite --type Float32 --calc '({'+'.join(terms)})*(J==0)' "
                 f"--outfile score.tif --co TILED=YES --co COMPRESS=ZSTD --co PREDICTOR=3 --co BIGTIFF=IF_SAFER "
                 f"--co NUM_THREADS=ALL_CPUS " + " ".join(inputs))
    return "\n".join(lines) + "\n", os.path.join(work, "score.tif")


def grass_term(name, best, worst, weight):
    return f"{weight}*max(0.0,min(1.0,({worst}-{name})/{float(worst - best)}))"


def grass(data, work, jobs):
    """v.in.ogr, v.to.rast, r.grow.distance, r.slope.aspect, r.mapcalc, r.out.gdal; the elevation is linked, not imported."""
    location = os.path.join(work, "location")
    script = os.path.join(work, "grass_job.sh")
    layers = " ".join([row[0] for row in job.DISTANCES] + [job.MASK])
    names = " ".join(row[0] for row in job.DISTANCES)
    terms = [grass_term("distance_" + row[0], *row[2:]) for row in job.DISTANCES] + [grass_term("slope", *job.SLOPE[2:])]
    cores = os.cpu_count() or 1
    inner = [
        "set -eu",
        "export GRASS_VERBOSE=0 GRASS_OVERWRITE=1 GRASS_COMPRESSOR=LZ4",
        "echo @step import",
        f"g.region n={job.Y_MAX} s={job.Y_MIN} w={job.X_MIN} e={job.X_MAX} res={job.CELL}",
        f"for layer in {layers}; do v.in.ogr -t input='{data}'/$layer.shp output=$layer; done",
        f"r.external input='{data}/{job.DEM}.tif' output={job.DEM}",
        "echo @step rasterize",
        f"printf '%s\\n' {layers} | xargs -P {jobs} -I@ "
        "v.to.rast input=@ output=burnt_@ use=val value=1 memory=2000",
        "echo @step distance",
        f"printf '%s\\n' {names} | xargs -P {jobs} -I@ r.grow.distance input=burnt_@ distance=distance_@",
        "echo @step slope",
        f"r.slope.aspect -e elevation={job.DEM} slope=slope format=percent precision=FCELL memory=2000 nprocs={cores}",
        "echo @step sum",
        f"r.mapcalc expression='score = float(if(isnull(burnt_{job.MASK}), {' + '.join(terms)}, 0.0))'",
        "echo @step export",
        f"r.out.gdal -c -m input=score output='{work}/score.tif' type=Float32 nodata=-9999 "
        "createopt=TILED=YES,COMPRESS=ZSTD,PREDICTOR=3,BIGTIFF=IF_SAFER,NUM_THREADS=ALL_CPUS",
    ]
    with open(script, "w") as out:
        out.write("\n".join(inner) + "\n")
    outer = ["set -eu", "echo @step location", f"grass -c {job.CRS} '{location}' -e",
             f"grass '{location}/PERMANENT' --exec sh '{script}'"]
    return "\n".join(outer) + "\n", os.path.join(work, "score.tif")
