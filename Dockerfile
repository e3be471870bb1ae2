# The portal's image: packages and files are made in the first stage, the second only runs them.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 STATE_DIR=/data
RUN python -m venv /venv
COPY requirements.txt /
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r /requirements.txt
WORKDIR /app
COPY . .
# The key below signs nothing: it exists because settings want one, and only in this stage.
# Uploads are closed to other accounts; the program and its static files must not be.
RUN /venv/bin/python manage.py compile_catalogues \
    && SECRET_KEY=only-for-this-build SITE_ORIGIN=https://localhost \
       /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /venv/bin/python -m compileall -q /app \
    && chmod -R a+rX /app /data/static \
    && mkdir -p /data/files

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp STATE_DIR=/data
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build /data/static /data/static
# 101 is the group of the nginx image, which hands out the uploads that the portal allows.
COPY --from=build --chown=10001:101 /data/files /data/files
WORKDIR /app
USER 10001:101
EXPOSE 8000
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "scn.wsgi"]
