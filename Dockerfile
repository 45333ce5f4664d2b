# The worker with the local speech models inside.
#   docker build -t callagent .
#   docker run --rm -e LIVEKIT_URL -e LIVEKIT_API_KEY -e LIVEKIT_API_SECRET -p 8081:8081 callagent
# Profiles of your own: -v "$PWD/configs:/app/configs:ro". Another command or other options go after the image's name:
#   docker run --rm -e … callagent serve --profile de-DE --records /records
#   docker run --rm -e … callagent doctor
# The whole stack: configs/stack/compose.yaml.
#
# It has what serving, dialling and looking after them need. Scripted calls and pictures are not in it (the extras `calls`
# and `plots`): those are for a clone, or a virtual environment of their own.
#
# What is in it: /opt/callagent/sbom.cdx.json, the Python packages as CycloneDX (`docker buildx build --sbom=true` adds
# those of Debian):   docker run --rm --entrypoint cat callagent /opt/callagent/sbom.cdx.json
# More extras of pyproject.toml: --build-arg EXTRAS="local postgres otlp".
# Another base image: --build-arg PYTHON_IMAGE=python:3.13.11-slim-bookworm@sha256:…, see scripts/pin_images.

ARG PYTHON_IMAGE=python:3.13.11-slim-bookworm@sha256:20080e807bfc404f8450b185cf0fc95d553462673598549613735f70a5b4d5d0

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 VIRTUAL_ENV=/opt/callagent
COPY pyproject.toml requirements.lock ./
# What the workers need besides: local (speech models), postgres, otlp, …; see the extras in pyproject.toml.
ARG EXTRAS=local
# uv itself with its hashes; uv then takes those of all other packages from the lock.
RUN sed -n '/^uv==/,/^[^ ]*==/{/^uv==/p;/^    --hash/p}' requirements.lock >uv.txt \
    && pip install --require-hashes --no-deps --only-binary :all: --requirement uv.txt \
    && uv venv "$VIRTUAL_ENV" \
    && uv pip install --compile-bytecode --requirements pyproject.toml $(printf -- '--extra %s ' $EXTRAS) \
        --constraints requirements.lock
COPY README.md LICENSE ./
COPY configs configs
COPY callagent callagent
RUN uv pip install --compile-bytecode --no-deps --build-constraints requirements.lock .
COPY scripts/supply_chain scripts/supply_chain
RUN "$VIRTUAL_ENV/bin/python" -m scripts.supply_chain.sbom --installed --output "$VIRTUAL_ENV/sbom.cdx.json"

FROM ${PYTHON_IMAGE}
RUN useradd --create-home --uid 10001 callagent && mkdir /app && mkdir -m 700 /records && chown callagent:callagent /records
COPY --from=build /opt/callagent /opt/callagent
ENV PATH=/opt/callagent/bin:$PATH PYTHONUNBUFFERED=1
USER callagent
WORKDIR /app
EXPOSE 8081
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8081/', timeout=4)"]
ENTRYPOINT ["callagent"]
CMD ["serve"]
