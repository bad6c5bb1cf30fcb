# Built in two steps: wheels are checked against their hashes in both locks, the result holds no tools of building or testing.
FROM python:3.13-slim-bookworm AS built
WORKDIR /src
COPY requirements.lock requirements-run.lock ./
# of the lock for development only the backend that makes our wheel; what else it needs is refused, having no hash
RUN awk '/^[^ ]/ {wanted = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/} wanted' requirements.lock > build.lock \
 && python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r build.lock \
 && python -m venv --without-pip /opt/hatangso \
 && /opt/build/bin/pip --python /opt/hatangso install --no-cache-dir --require-hashes --only-binary :all: -r requirements-run.lock
COPY pyproject.toml README.md LICENSE ./
COPY geo geo
COPY maps maps
COPY api api
COPY data data
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/build/bin/pip --python /opt/hatangso install --no-cache-dir --no-deps /wheel/*.whl

FROM python:3.13-slim-bookworm
# the wheels of rasterio and GDAL look for libexpat in the system; the slim image has none
RUN apt-get update && apt-get install -y --no-install-recommends libexpat1 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 hatangso && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin hatangso \
 && install -d -o 10001 -g 10001 -m 0700 /workspace
COPY --from=built /opt/hatangso /opt/hatangso
ENV PATH=/opt/hatangso/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HATANGSO_WORKSPACE=/workspace
USER 10001:10001
# a library that the base image lacks shows here, not on the server
RUN python -c "import api.app, api.cli, api.operation.serving, api.work.working"
WORKDIR /workspace
VOLUME /workspace
EXPOSE 8000
STOPSIGNAL SIGTERM
# only whether it lives: a service that is not ready must not be killed for it
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=4 CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["hatangso"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--no-worker"]
