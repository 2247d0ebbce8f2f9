# One image for web, worker and migrations. No embedded servers, no tools, no root.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /solidare
RUN python -m venv /venv
COPY requirements/production.txt requirements/
RUN /venv/bin/pip install --require-hashes --requirement requirements/production.txt
COPY . .
# Editable, so that the paths in the image are those of a checkout.
RUN /venv/bin/pip install --no-deps --no-build-isolation --editable . \
    && /venv/bin/python -m compileall -q app matching workers

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /solidare
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin solidare \
    && install --directory --owner solidare --mode 0700 /outside
COPY --from=build /venv /venv
COPY --from=build /solidare /solidare
USER 10001
EXPOSE 8000
CMD ["solidare", "run", "--host", "0.0.0.0"]
