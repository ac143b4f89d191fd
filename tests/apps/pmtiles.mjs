// The tiles of a result folder as a browser sees them: read by the reader of the npm package `pmtiles`, decoded by
// @mapbox/vector-tile, held against the GeoJSON files, which are held against RFC 7946. Prints TAP.
//
//     node pmtiles.mjs RESULT_FOLDER POINTS.geojson
//
// POINTS.geojson: the layer `pelabuhan` in longitude and latitude, made by another program.
import { check } from "@placemarkio/check-geojson";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { PMTiles, TileType, Compression } from "pmtiles";
import assert from "node:assert/strict";
import fs from "node:fs";
import { finish, test } from "./tap.mjs";

const [folder, points] = process.argv.slice(2);

class FileSource {
    constructor(path) { this.path = path; }
    getKey() { return this.path; }
    async getBytes(offset, length) {
        const file = fs.openSync(this.path), bytes = Buffer.alloc(length);
        const n = fs.readSync(file, bytes, 0, length, offset);
        fs.closeSync(file);
        return { data: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + n) };
    }
}

const archive = name => new PMTiles(new FileSource(`${folder}/${name}`));
const json = path => JSON.parse(fs.readFileSync(path, "utf8"));

// Where a place lies, in tiles of zoom z.
const place = ([lon, lat], z) => [
    (lon / 360 + 0.5) * 2 ** z,
    (0.5 - Math.asinh(Math.tan(lat * Math.PI / 180)) / (2 * Math.PI)) * 2 ** z,
];

async function features(tiles, z, lonlat, layer) {
    const [x, y] = place(lonlat, z).map(Math.floor);
    const found = await tiles.getZxy(z, x, y);
    if (!found) return [];
    const decoded = new VectorTile(new PbfReader(found.data)).layers[layer];
    return decoded ? Array.from({ length: decoded.length }, (_, i) => decoded.feature(i).toGeoJSON(x, y, z)) : [];
}

await test("the reader opens both archives and knows what they hold", async () => {
    const score = await archive("score.pmtiles").getHeader(), vectors = await archive("vectors.pmtiles").getHeader();
    assert.equal(score.tileType, TileType.Png);
    assert.equal(score.tileCompression, Compression.None);
    assert.equal(vectors.tileType, TileType.Mvt);
    assert.equal(vectors.tileCompression, Compression.Gzip);
    assert.ok(score.minZoom < score.maxZoom && score.clustered && vectors.clustered);
    assert.ok(score.minLon < 115 && score.maxLon > 116 && score.minLat < -4 && score.maxLat > -2);
});

await test("the whole study is one to four score tiles of the first zoom, each a PNG of 256 pixels", async () => {
    const tiles = archive("score.pmtiles"), h = await tiles.getHeader();
    const [x0, y0] = place([h.minLon, h.maxLat], h.minZoom).map(Math.floor);
    const [x1, y1] = place([h.maxLon, h.minLat], h.minZoom).map(Math.floor);
    let found = 0;
    for (let x = x0; x <= x1; x++) {
        for (let y = y0; y <= y1; y++) {
            const tile = await tiles.getZxy(h.minZoom, x, y);
            if (!tile) continue;
            found++;
            const png = Buffer.from(tile.data);
            assert.equal(png.toString("latin1", 1, 4), "PNG");
            assert.equal(png.readUInt32BE(16), 256);
        }
    }
    assert.ok(found >= 1 && found <= 4);
});

await test("within the study's box no score tile is missing", async () => {
    const tiles = archive("score.pmtiles"), h = await tiles.getHeader();
    for (let z = h.minZoom; z <= h.maxZoom; z++) {
        const [x0, y0] = place([h.minLon, h.maxLat], z).map(Math.floor), [x1, y1] = place([h.maxLon, h.minLat], z).map(Math.floor);
        for (let x = x0; x <= x1; x++) for (let y = y0; y <= y1; y++) assert.ok(await tiles.getZxy(z, x, y), `${z}/${x}/${y}`);
    }
});

await test("there is no score tile beyond the study and its zooms", async () => {
    const tiles = archive("score.pmtiles"), h = await tiles.getHeader();
    assert.equal(await tiles.getZxy(h.maxZoom, 0, 0), undefined);
    assert.equal(await tiles.getZxy(h.maxZoom + 1, ...place([115.5, -3], h.maxZoom + 1).map(Math.floor)), undefined);
});

await test("the metadata list the study's layers by their ids, and the zones", async () => {
    const { vector_layers: layers } = await archive("vectors.pmtiles").getMetadata();
    const ids = layers.map(layer => layer.id);
    for (const id of ["provinsi", "jalan", "pelabuhan", "zona", "zones"]) assert.ok(ids.includes(id), id);
    assert.equal(new Set(ids).size, ids.length);
});

await test("every zone is a polygon of the vector tiles with all its properties", async () => {
    const tiles = archive("vectors.pmtiles"), { maxZoom } = await tiles.getHeader();
    for (const zone of json(`${folder}/zones.geojson`).features) {
        const [ring] = zone.geometry.type === "Polygon" ? zone.geometry.coordinates : zone.geometry.coordinates[0];
        const found = (await features(tiles, maxZoom, ring[0], "zones")).find(f => f.properties.id === zone.properties.id);
        assert.ok(found, `zone ${zone.properties.id}`);
        assert.match(found.geometry.type, /Polygon/);
        for (const [name, value] of Object.entries(zone.properties)) {
            if (value === null) assert.ok(!(name in found.properties), name);
            else assert.equal(found.properties[name], value, name);
        }
    }
});

// The rings of a polygon or of polygons.
const rings = geometry => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).flat();
// How far a place is from the nearest of the lines.
const distance = ([x, y], lines) => Math.min(...lines.flatMap(line => line.slice(1).map(([bx, by], i) => {
    const [ax, ay] = line[i], dx = bx - ax, dy = by - ay;
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(ax + t * dx - x, ay + t * dy - y);
})));

await test("a zone's outline in the tiles is that of zones.geojson, to a unit of the tile", async () => {
    const tiles = archive("vectors.pmtiles"), { maxZoom } = await tiles.getHeader(), unit = 1 / 4096;
    for (const zone of json(`${folder}/zones.geojson`).features) {
        const wanted = rings(zone.geometry).map(ring => ring.map(at => place(at, maxZoom)));
        const corners = new Map(); // of each tile that holds some
        for (const at of wanted.flat()) {
            const tile = at.map(Math.floor).join("/");
            corners.set(tile, [...(corners.get(tile) ?? []), at]);
        }
        for (const [tile, there] of corners) {
            const [x, y] = tile.split("/").map(Number);
            const { layers: { zones } } = new VectorTile(new PbfReader((await tiles.getZxy(maxZoom, x, y)).data));
            const found = Array.from({ length: zones.length }, (_, i) => zones.feature(i))
                .filter(feature => feature.properties.id === zone.properties.id).flatMap(feature => feature.loadGeometry())
                .map(ring => ring.map(p => [x + p.x / zones.extent, y + p.y / zones.extent]));
            const within = found.flat().filter(at => at.every((v, k) => v > [x, y][k] && v < [x, y][k] + 1)); // not where a tile was cut
            assert.ok(within.length > 0);
            for (const at of there) assert.ok(distance(at, found) <= unit, `${zone.properties.id}: a corner is missing in ${tile}`);
            for (const at of within) assert.ok(distance(at, wanted) <= unit, `${zone.properties.id}: a corner too many in ${tile}`);
        }
    }
});

await test("points of a layer lie where they are, to a unit of the tile", async () => {
    const tiles = archive("vectors.pmtiles"), { maxZoom } = await tiles.getHeader();
    const ports = json(points).features;
    assert.ok(ports.length > 3);
    for (const port of ports) {
        const wanted = place(port.geometry.coordinates, maxZoom);
        const near = (await features(tiles, maxZoom, port.geometry.coordinates, "pelabuhan"))
            .filter(f => f.properties.nama === port.properties.nama)
            .flatMap(f => f.geometry.type === "MultiPoint" ? f.geometry.coordinates : [f.geometry.coordinates])
            .map(at => place(at, maxZoom))
            .map(([x, y]) => Math.max(Math.abs(x - wanted[0]), Math.abs(y - wanted[1])));
        assert.ok(Math.min(...near) <= 1 / 4096, `${port.properties.nama}: ${near}`);
    }
});

// RFC 7946: 3.1.1 positions, 3.1.6 right-hand rule, 4 no CRS, 5 bounding boxes.
const lists = geometry => ({ Point: g => [[g]], MultiPoint: g => [g], LineString: g => [g], MultiLineString: g => g, Polygon: g => g,
    MultiPolygon: g => g.flat() })[geometry.type](geometry.coordinates);
const turn = ring => ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0); // above 0: counterclockwise
function checkPositions(geometry, [west, south, east, north]) {
    for (const [lon, lat] of lists(geometry).flat())
        assert.ok(lon >= west && lon <= east && lat >= south && lat <= north && Math.abs(lon) <= 180 && Math.abs(lat) <= 90, `${lon} ${lat}`);
    if (!geometry.type.endsWith("Polygon")) return;
    for (const polygon of geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) {
        polygon.forEach((ring, i) => {
            assert.deepEqual(ring[0], ring.at(-1));
            // Below a square metre the seven decimals of a position may turn a sliver over.
            assert.ok(turn(ring) > 0 === (i === 0) || Math.abs(turn(ring)) < 1e-10, `a ring turns the wrong way: ${ring[0]}`);
        });
    }
}
const files = fs.readdirSync(folder, { recursive: true }).filter(name => name.endsWith(".geojson")).sort();
for (const name of files) {
    await test(`${name} keeps to RFC 7946`, () => {
        const text = fs.readFileSync(`${folder}/${name}`, "utf8"), { features } = check(text), root = JSON.parse(text);
        assert.ok(features.length > 0 && !text.includes('"crs"'));
        const [west, south, east, north] = root.bbox;
        assert.ok(west < east && south < north);
        for (const feature of root.features) checkPositions(feature.geometry, feature.bbox ?? root.bbox);
    });
}
await test("the folder holds zones, regions and overlay", () => {
    for (const name of ["zones.geojson", "regions.geojson", "overlay.geojson"]) assert.ok(files.includes(name), `${files}`);
});

finish();
