using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Serving.Metrics;

/// <summary>Sends metrics and sampled traces to a collector, where one is named.</summary>
internal sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    public OtlpExport(Uri endpoint, IEnumerable<string> meters)
    {
        var engine = ResourceBuilder.CreateDefault().AddService("streamengage", serviceVersion: typeof(OtlpExport).Assembly.GetName().Version!.ToString(3));
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(engine).AddMeter([.. meters])
            .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = ServeLimits.SeriesMax })
            .AddOtlpExporter(exporter => exporter.Endpoint = endpoint).Build();
        // Whether a prompt is traced was decided by its id: what arrives here is wanted.
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(engine).AddSource(PromptTraces.SourceName).SetSampler(new AlwaysOnSampler())
            .AddOtlpExporter(exporter => exporter.Endpoint = endpoint).Build();
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }
}
