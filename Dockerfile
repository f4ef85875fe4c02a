# Builds the engine and runs it as a user without a name, on a file system that may be read-only.
FROM mcr.microsoft.com/dotnet/sdk:10.0.100 AS build
WORKDIR /src
COPY . .
RUN dotnet publish src/StreamEngage.Host --configuration Release --output /app --nologo \
 && dotnet publish samples/ReferenceConsumer --configuration Release --output /consumer --nologo \
 && dotnet publish samples/ClickstreamPublisher --configuration Release --output /publisher --nologo

FROM mcr.microsoft.com/dotnet/aspnet:10.0.0 AS base
# The Kafka client is the distribution's.
RUN apt-get update && apt-get install --yes --no-install-recommends librdkafka1 && rm -rf /var/lib/apt/lists/*
ENV DOTNET_EnableDiagnostics=0 DOTNET_gcServer=0
USER 10001:10001
WORKDIR /app

FROM base AS consumer
COPY --from=build /consumer .
ENTRYPOINT ["dotnet", "/app/reference-consumer.dll"]

FROM base AS clicks
COPY --from=build /app .
COPY --from=build /publisher /publisher
# Generated visits begin now and are published when their time comes.
ENTRYPOINT ["/bin/sh", "-c", "dotnet streamengage.dll generate --users $USERS --events 1000000000 --start $(date -u +%Y-%m-%dT%H:%M:%SZ) | dotnet /publisher/clickstream-publisher.dll --brokers $BROKERS --topic $TOPIC"]

FROM base AS engine
COPY --from=build /app .
EXPOSE 9464
# The program asks its own page: the image has no curl.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["dotnet", "/app/streamengage.dll", "health"]
ENTRYPOINT ["dotnet", "/app/streamengage.dll"]
CMD ["serve", "--config", "/etc/streamengage/streamengage.yaml"]
