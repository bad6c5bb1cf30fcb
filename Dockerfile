# Built in two steps: wheels are checked against their hashes in both locks, the result holds no tools of building or testing.
FROM python:3.13-slim-bookworm AS built
WORKDIR /src
COPY requirements.lock requirements-run.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/hatangso \
 && /opt/hatangso/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements-run.lock \
 && python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY geo geo
COPY maps maps
COPY api api
COPY data data
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/hatangso/bin/pip install --no-cache-dir --no-deps /wheel/*.whl

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 hatangso && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin hatangso \
 && install -d -o 10001 -g 10001 -m 0700 /workspace
COPY --from=built /opt/hatangso /opt/hatangso
ENV PATH=/opt/hatangso/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HATANGSO_WORKSPACE=/workspace
USER 10001:10001
WORKDIR /workspace
VOLUME /workspace
EXPOSE 8000
STOPSIGNAL SIGTERM
# only whether it lives: a service that is not ready must not be killed for it
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=4 CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["hatangso"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--no-worker"]
