# Keycloak as the compose edition runs it: what is decided when it is built is built in, which a first start of the plain
# image would do by itself, in two minutes.

ARG KEYCLOAK=26.7.3

FROM quay.io/keycloak/keycloak:${KEYCLOAK}
ENV KC_DB=postgres KC_CACHE=local KC_HEALTH_ENABLED=true KC_HTTP_RELATIVE_PATH=/auth
RUN /opt/keycloak/bin/kc.sh build
ENTRYPOINT ["/opt/keycloak/bin/kc.sh"]
CMD ["start", "--optimized", "--import-realm"]
