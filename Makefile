# Tapak. `make run` and `make check` need nothing but make and git: they install what is missing and say so.
# `make help` lists the targets.

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
OPTIMISE ?= -O3
SANITIZE ?=
WERROR ?=
V ?=

VERSION := $(shell cat VERSION)
SOVERSION := $(firstword $(subst ., ,$(VERSION)))
PACKAGES := gdal proj geos libfyaml jansson libcrypto libdeflate libzstd
# Of the program alone: the shared library has no server.
SERVER_PACKAGES := libmicrohttpd
SHELL := /bin/bash
PKG_CONFIG ?= pkg-config

# Goals that come before the libraries are installed, or never need them.
FREE_GOALS := setup setup-check run check check-apps portal bench bench-serve asan tsan strict clean help pot po format picture gis-data boundaries uninstall
ifneq ($(filter-out $(FREE_GOALS),$(or $(MAKECMDGOALS),all)),)
MISSING := $(shell command -v $(PKG_CONFIG) >/dev/null || { echo $(PKG_CONFIG); exit; }; \
             for p in $(PACKAGES) $(SERVER_PACKAGES); do $(PKG_CONFIG) --exists $$p || echo $$p; done; \
             command -v $(CC) >/dev/null || echo $(CC))
ifneq ($(strip $(MISSING)),)
$(error Not installed: $(MISSING). `make setup` installs what building needs; `make run` does that, builds, \
        and computes the sample)
endif
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) $(SERVER_PACKAGES))
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES))
SERVER_LIBS := $(shell $(PKG_CONFIG) --libs $(SERVER_PACKAGES))
endif

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes
# No fused multiply-add: the output bytes must not depend on the machine.
CFLAGS_ALL := -std=c11 $(OPTIMISE) -g -fopenmp -ffp-contract=off -fno-math-errno -fno-trapping-math -fPIC -fvisibility=hidden $(WARNINGS) $(WERROR) \
              $(SANITIZE) $(CFLAGS)
CPPFLAGS_ALL := -D_GNU_SOURCE -Isrc -Iinclude -I$(BUILD) $(PKG_CFLAGS) $(CPPFLAGS)
LDFLAGS_ALL := -fopenmp $(SANITIZE) $(LDFLAGS)
LIBS := $(PKG_LIBS) -lshp -lm

SOURCES := $(wildcard src/*/*.c)
LIB_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out src/cli/%,$(SOURCES)))
CLI_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(filter src/cli/%,$(SOURCES)))
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
CATALOGUES := $(patsubst po/%.po,$(BUILD)/locale/%/LC_MESSAGES/tapak.mo,$(wildcard po/*.po))
SHARED_OBJECTS := $(filter-out $(BUILD)/obj/src/server/%,$(LIB_OBJECTS))
SHARED := $(BUILD)/libtapak.so.$(VERSION)

.PHONY: all lib tests setup setup-check run check check-apps portal bench bench-serve asan tsan strict lint format pot po picture gis-data boundaries install \
        uninstall clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/tapak lib $(CATALOGUES)                ## the program and the libraries

lib: $(BUILD)/libtapak.a $(BUILD)/libtapak.so

tests: $(TESTS)
	@:

help:                                                ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 20
	@echo "  Variables: PREFIX DESTDIR CC CFLAGS JOBS BUILD V=1"

# A short line a step; V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1) $@")

# ---- objects -------------------------------------------------------------------------------------------------

# Rewritten only when its content changes, so that other flags or another version rebuild what depends on them.
define write_if_changed
	@mkdir -p $(@D)
	@printf '%b' '$(1)' | cmp -s - $@ || printf '%b' '$(1)' > $@
endef

$(BUILD)/flags: FORCE
	$(call write_if_changed,$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL)\n)

$(BUILD)/version.h: FORCE
	$(call write_if_changed,#define TPK_VERSION "$(VERSION)"\n#define TPK_LOCALE_DIR "$(PREFIX)/share/locale"\n)

# The program's own set of styles is part of it: no file has to be found.
$(BUILD)/default_styles.h: styles/default.yaml
	@mkdir -p $(@D)
	@{ echo 'static const char DEFAULT_STYLES[] ='; \
	   sed -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' $<; echo ';'; } > $@

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(BUILD)/version.h $(BUILD)/default_styles.h
	@mkdir -p $(@D)
	$(call say,compile)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The list of objects is part of the library: a source that is gone leaves no member behind.
$(BUILD)/objects: FORCE
	$(call write_if_changed,$(LIB_OBJECTS) $(CLI_OBJECTS)\n)

$(BUILD)/libtapak.a: $(LIB_OBJECTS) $(BUILD)/objects
	@rm -f $@
	$(call say,archive)
	$(Q)$(AR) rcs $@ $(LIB_OBJECTS)

$(SHARED): $(SHARED_OBJECTS) $(BUILD)/objects
	$(call say,link   )
	$(Q)$(CC) $(LDFLAGS_ALL) -shared -Wl,-soname,libtapak.so.$(SOVERSION) $(if $(SANITIZE),,-Wl,-z,defs) -o $@ \
	    $(SHARED_OBJECTS) $(LIBS)

$(BUILD)/libtapak.so: $(SHARED)
	@ln -sf $(notdir $<) $(BUILD)/libtapak.so.$(SOVERSION)
	@ln -sf $(notdir $<) $@

$(BUILD)/tapak: $(CLI_OBJECTS) $(BUILD)/libtapak.a $(BUILD)/objects
	$(call say,link   )
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(CLI_OBJECTS) $(BUILD)/libtapak.a $(LIBS) $(SERVER_LIBS)

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libtapak.a
	@mkdir -p $(@D)
	$(call say,link   )
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(BUILD)/libtapak.a $(LIBS) $(SERVER_LIBS) -lcmocka

-include $(patsubst %.o,%.d,$(LIB_OBJECTS) $(CLI_OBJECTS)) $(wildcard $(BUILD)/obj/tests/unit/*.d)

# ---- the two commands ----------------------------------------------------------------------------------------

setup:                                               ## installs what building needs
	@tools/install-packages.sh build

setup-check:
	@tools/install-packages.sh build test

# Without npm's registry the run goes on and says that it leaves the portal out.
run: setup                                           ## set-up, build, the sample study into out/kalsel
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(MAKE) --no-print-directory portal || echo "  the portal's page could not be built: the run goes without it"
	$(BUILD)/tapak run gis-data/kalsel.yaml -o out/kalsel

check: setup-check                                   ## set-up, build, every test; last line: N passed, N failed
	@$(MAKE) --no-print-directory -j$(JOBS) all tests
	@tests/run.sh $(BUILD)

check-apps: setup-check                              ## set-up, build, tests in the programs that planners open: browser and others
	@tools/install-packages.sh apps
	@command -v npm >/dev/null || tools/install-packages.sh portal
	@$(MAKE) --no-print-directory -j$(JOBS) all portal
	@TEST_SUITE=apps TEST_TIMEOUT=$${TEST_TIMEOUT:-3600} tests/run.sh $(BUILD)

# ---- the portal's page ---------------------------------------------------------------------------------------

# npm of the machine where there is one, otherwise Debian's. Nothing that a package brings is run while it is installed.
PORTAL_SOURCES := $(wildcard src/portal/*.* src/portal/licenses/* src/portal/src/*.ts src/portal/src/ui/*.ts)

portal: $(BUILD)/portal/app.js                       ## the portal's page, into build/portal

src/portal/node_modules/.package-lock.json: src/portal/package-lock.json
	@command -v npm >/dev/null || tools/install-packages.sh portal
	$(call say,npm ci )
	$(Q)cd src/portal && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILD)/portal/app.js: src/portal/node_modules/.package-lock.json $(PORTAL_SOURCES)
	$(call say,bundle )
	$(Q)src/portal/node_modules/.bin/tsc --noEmit -p src/portal
	$(Q)node src/portal/build.mjs $(abspath $(BUILD)/portal)

# ---- deeper checks -------------------------------------------------------------------------------------------

asan: setup-check                                    ## every test with address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=build/asan OPTIMISE=-O1 \
	    SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" all tests
	@tests/run.sh build/asan

# clang, because gcc's OpenMP runtime hides its synchronisation from the sanitizer; the two programs of tests/tools prove
# that a race is found and that correct code is not accused.
TSAN_FLAGS := -fsanitize=thread -fno-omit-frame-pointer
tsan:                                                ## parallel tests with the thread sanitizer
	@tools/install-packages.sh build test develop
	@tests/tools/tsan_works.sh build/tsan clang $(TSAN_FLAGS)
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=build/tsan CC=clang OPTIMISE=-O1 SANITIZE="$(TSAN_FLAGS)" all tests
	@TSAN_OPTIONS="ignore_noninstrumented_modules=1 halt_on_error=0" \
	    tests/run.sh build/tsan 'engine|run|cog|overlay|evaluate|view|serve|portal|tiles'

strict:                                              ## warnings are errors, under gcc and under clang
	@tools/install-packages.sh build test develop
	@for cc in gcc clang; do \
	    echo "strict: $$cc"; \
	    $(MAKE) --no-print-directory -s -j$(JOBS) BUILD=build/strict-$$cc CC=$$cc WERROR=-Werror all tests || exit 1; \
	done

lint:                                                ## rules of the house: includes, allocation, sizes, headers alone
	@tools/lint.py
	@CC="$(CC)" tools/check_headers.sh $(CPPFLAGS_ALL)

format:                                              ## clang-format over the sources
	@tools/install-packages.sh build develop
	clang-format -i $(wildcard src/*/*.[ch] include/tapak/*.h tests/unit/*.[ch] examples/*.c)

bench: setup                                         ## the reference job: Tapak, the GDAL tools, GRASS
	@if [ -n "$(BENCH_INSTALL)" ]; then tools/install-packages.sh bench; fi
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@BENCH_BUILD="$(shell $(CC) --version 2>/dev/null | head -1); $(strip $(CFLAGS_ALL))" python3 tests/bench/bench.py

bench-serve: setup                                   ## tiles of `tapak serve`: milliseconds, tiles a second
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@python3 tests/bench/serve.py $(BUILD)/tapak gis-data/kalsel.yaml

# ---- translations --------------------------------------------------------------------------------------------

POT ?= po/tapak.pot
pot: $(POT)                                          ## collects the messages into po/tapak.pot

$(POT): $(SOURCES) $(wildcard src/*/*.h)
	@mkdir -p $(@D)
	xgettext --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=NG_:1,2 \
	    --add-comments=TRANSLATORS --sort-by-file \
	    --package-name=tapak --package-version=$(VERSION) --omit-header -o $@.messages $(sort $^)
	@{ printf 'msgid ""\nmsgstr ""\n"Project-Id-Version: tapak $(VERSION)\\n"\n'; \
	   printf '"PO-Revision-Date: YEAR-MO-DA HO:MI+ZONE\\n"\n'; \
	   printf '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'; \
	   printf '"Content-Transfer-Encoding: 8bit\\n"\n\n'; cat $@.messages; } > $@
	@rm $@.messages

po: $(POT)                                           ## brings po/id.po up to the sources' messages
	@[ -f po/id.po ] || msginit --no-translator --locale=id.UTF-8 --input=$(POT) --output=po/id.po
	msgmerge --quiet --update --backup=none --sort-by-file po/id.po $(POT)
	msgfmt --check --statistics -o /dev/null po/id.po

$(BUILD)/locale/%/LC_MESSAGES/tapak.mo: po/%.po
	@mkdir -p $(@D)
	$(call say,message)
	$(Q)msgfmt --check -o $@ $<

# ---- what is kept in the repository but made by a program ----------------------------------------------------

picture:                                             ## the pictures of README.md, from a fresh run of the sample study
	@tools/install-packages.sh docs
	@$(MAKE) --no-print-directory run
	/usr/bin/python3 tools/readme_picture.py out/kalsel docs/img/kalsel.png
	/usr/bin/python3 tools/sheet_picture.py out/kalsel docs/img/sheet.png
	node tools/portal_picture.mjs out/kalsel docs/img/portal.png

gis-data:                                            ## the sample layers, from gis-data/source and Debian's data packages
	@tools/install-packages.sh gis-data
	/usr/bin/python3 gis-data/build.py

# An npm that is there already, from wherever, will do: Debian's would take the place of its Node.js.
boundaries:                                          ## regencies and districts of GADM 4.1 into gis-data (not to be passed on)
	@tools/install-packages.sh boundaries
	@command -v npm >/dev/null || tools/install-packages.sh npm
	@/usr/bin/python3 gis-data/boundaries.py

# ---- installation --------------------------------------------------------------------------------------------

INSTALL_TO = $(DESTDIR)$(PREFIX)

install: all                                         ## into PREFIX (default /usr/local), under DESTDIR
	install -d $(INSTALL_TO)/bin $(INSTALL_TO)/lib/pkgconfig $(INSTALL_TO)/include/tapak
	install -m 755 $(BUILD)/tapak $(INSTALL_TO)/bin/tapak
	install -m 644 $(BUILD)/libtapak.a $(INSTALL_TO)/lib/libtapak.a
	install -m 755 $(SHARED) $(INSTALL_TO)/lib/$(notdir $(SHARED))
	ln -sf $(notdir $(SHARED)) $(INSTALL_TO)/lib/libtapak.so.$(SOVERSION)
	ln -sf $(notdir $(SHARED)) $(INSTALL_TO)/lib/libtapak.so
	install -m 644 $(wildcard include/tapak/*.h) $(INSTALL_TO)/include/tapak
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(strip $(LIBS))|' tapak.pc.in > $(INSTALL_TO)/lib/pkgconfig/tapak.pc
	for mo in $(patsubst $(BUILD)/locale/%,%,$(CATALOGUES)); do \
	    install -D -m 644 $(BUILD)/locale/$$mo $(INSTALL_TO)/share/locale/$$mo || exit 1; done
	if [ -e $(BUILD)/portal/app.js ]; then \
	    install -d $(INSTALL_TO)/share/tapak/portal && \
	    install -m 644 $(BUILD)/portal/* $(INSTALL_TO)/share/tapak/portal; fi
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" -eq 0 ] && command -v ldconfig >/dev/null; then ldconfig; fi

uninstall:                                           ## removes what install put there
	rm -f $(INSTALL_TO)/bin/tapak $(INSTALL_TO)/lib/libtapak.a $(INSTALL_TO)/lib/libtapak.so* \
	    $(INSTALL_TO)/lib/pkgconfig/tapak.pc $(INSTALL_TO)/share/locale/*/LC_MESSAGES/tapak.mo
	rm -rf $(INSTALL_TO)/include/tapak $(INSTALL_TO)/share/tapak

clean:                                               ## removes build/ but for the benchmark's data
	@find build -mindepth 1 -maxdepth 1 ! -name bench -exec rm -rf {} + 2>/dev/null || true
