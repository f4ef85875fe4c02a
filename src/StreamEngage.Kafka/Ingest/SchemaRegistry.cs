using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Polly;
using Polly.CircuitBreaker;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Kafka;

/// <summary>What is known of a schema, and so what becomes of records that name it.</summary>
internal enum SchemaKnowledge
{
    /// <summary>Nobody asked for it yet.</summary>
    Unasked,

    /// <summary>An Avro schema.</summary>
    Avro,

    /// <summary>A JSON schema: the record is JSON, which needs no schema to be read.</summary>
    Json,

    /// <summary>The registry has no such id.</summary>
    Unknown,

    /// <summary>The registry has it, and it cannot be used.</summary>
    Unusable,

    /// <summary>The registry does not answer: a reason to wait, not to refuse records.</summary>
    Unavailable,
}

/// <summary>An answer about a schema.</summary>
/// <param name="Knowledge">Which kind.</param>
/// <param name="Schema">Of <see cref="SchemaKnowledge.Avro"/> only.</param>
/// <param name="Why">Of those that cannot be used or had, for people.</param>
internal readonly record struct SchemaAnswer(SchemaKnowledge Knowledge, AvroSchema? Schema = null, string? Why = null);

/// <summary>
/// Schemas by the ids of a registry that speaks Confluent's REST protocol. Ids never change their meaning, so what was found is kept; what was not
/// is asked for again after a while. It talks to the configured host and no other: redirects are not followed. For any number of threads.
/// </summary>
internal sealed class SchemaRegistry : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action<string> _said;
    private readonly HttpClient _http;
    private readonly BoundedCache<int, SchemaAnswer> _known = new(KafkaLimits.SchemasMax);
    private readonly BoundedCache<int, (SchemaAnswer Answer, DateTimeOffset Until)> _refused = new(KafkaLimits.SchemasMax);
    // One request at a time: ten lanes that meet a new id ask once.
    private readonly SemaphoreSlim _asking = new(1);
    private readonly ResiliencePipeline<SchemaAnswer> _guard;
    private SchemaAnswer _lastFailure;

    public SchemaRegistry(SchemaRegistrySettings settings, TimeProvider time, Action<string> said)
    {
        (_time, _said) = (time, said);
        _guard = GuardOf(time);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new(settings.Url.AbsoluteUri.TrimEnd('/') + '/'),
            Timeout = TimeSpan.FromMilliseconds(KafkaLimits.RegistryMilliseconds),
            MaxResponseContentBufferSize = KafkaLimits.RegistryAnswerBytesMax,
        };
        _http.DefaultRequestHeaders.Accept.Add(new("application/vnd.schemaregistry.v1+json"));
        if (settings is not { Username: { } name, PasswordFile: { } file }) return;
        var login = Encoding.UTF8.GetBytes($"{name}:{KafkaSecurity.Secret(file)}");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(login));
    }

    /// <summary>What is known now, without asking anybody.</summary>
    public SchemaAnswer Find(int id)
    {
        if (_known.TryGet(id, out var known)) return known;
        if (_refused.TryGet(id, out var refused) && _time.GetUtcNow() < refused.Until) return refused.Answer;
        return default;
    }

    /// <summary>Asks the registry where nothing is known. Never throws but when stopped.</summary>
    public async ValueTask<SchemaAnswer> FindAsync(int id, CancellationToken stop)
    {
        if (Find(id) is { Knowledge: not SchemaKnowledge.Unasked } before) return before;
        await _asking.WaitAsync(stop);
        try
        {
            if (Find(id) is { Knowledge: not SchemaKnowledge.Unasked } meanwhile) return meanwhile;
            return Remember(id, await GuardedAsync(id, stop));
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _asking.Dispose();
    }

    private SchemaAnswer Remember(int id, SchemaAnswer answer)
    {
        switch (answer.Knowledge)
        {
            case SchemaKnowledge.Avro or SchemaKnowledge.Json:
                _known.Set(id, answer);
                break;
            case SchemaKnowledge.Unavailable:
                break;
            default:
                _said($"schema {id}: {answer.Why}");
                _refused.Set(id, (answer, After(KafkaLimits.UnknownSchemaMilliseconds)));
                break;
        }
        return answer;
    }

    private DateTimeOffset After(int milliseconds) => _time.GetUtcNow().AddMilliseconds(milliseconds);

    /// <summary>The only place that asks again. Behind it a lane waits and comes back, as it does for every server that is away.</summary>
    private static ResiliencePipeline<SchemaAnswer> GuardOf(TimeProvider time) => new ResiliencePipelineBuilder<SchemaAnswer> { TimeProvider = time }
        .AddRetry(new()
        {
            MaxRetryAttempts = 1,
            Delay = TimeSpan.FromMilliseconds(KafkaLimits.RegistryAgainMilliseconds),
            UseJitter = true,
            ShouldHandle = static asked => new(asked.Outcome.Result.Knowledge == SchemaKnowledge.Unavailable),
        })
        .AddCircuitBreaker(new()
        {
            // Two failures in a row are an outage: nobody asks until some time has passed.
            MinimumThroughput = 2,
            FailureRatio = 0.5,
            BreakDuration = TimeSpan.FromMilliseconds(KafkaLimits.RegistryRetryMilliseconds),
            ShouldHandle = static asked => new(asked.Outcome.Result.Knowledge == SchemaKnowledge.Unavailable),
        })
        .Build();

    private async Task<SchemaAnswer> GuardedAsync(int id, CancellationToken stop)
    {
        try
        {
            var answer = await _guard.ExecuteAsync(async token => await AskAsync(id, token), stop);
            if (answer.Knowledge != SchemaKnowledge.Unavailable) return answer;
            _said($"schema registry: {answer.Why}");
            return _lastFailure = answer;
        }
        catch (BrokenCircuitException)
        {
            return _lastFailure;
        }
    }

    private async Task<SchemaAnswer> AskAsync(int id, CancellationToken stop)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("schemas/ids/" + id.ToString(CultureInfo.InvariantCulture), UriKind.Relative), stop);
            if (answer.StatusCode == HttpStatusCode.NotFound) return new(SchemaKnowledge.Unknown, Why: "the registry has no such id");
            return answer.StatusCode == HttpStatusCode.OK
                ? Read(await answer.Content.ReadAsByteArrayAsync(stop))
                : new(SchemaKnowledge.Unavailable, Why: $"answers {(int)answer.StatusCode}");
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException && !stop.IsCancellationRequested)
        {
            return new(SchemaKnowledge.Unavailable, Why: failure is TaskCanceledException ? "does not answer in time" : failure.Message);
        }
    }

    private static SchemaAnswer Read(byte[] body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            var type = answer.RootElement.TryGetProperty("schemaType", out var named) ? named.GetString() : "AVRO";
            if (type == "JSON") return new(SchemaKnowledge.Json);
            if (type != "AVRO") return new(SchemaKnowledge.Unusable, Why: $"is of type {type}, which is not read");
            if (answer.RootElement.TryGetProperty("references", out var others) && others.GetArrayLength() > 0)
                return new(SchemaKnowledge.Unusable, Why: "refers to other schemas, which is not read; register it whole");
            var text = answer.RootElement.GetProperty("schema").GetString() ?? "";
            return AvroSchema.TryParse(text, out var schema, out var problem)
                ? new(SchemaKnowledge.Avro, schema)
                : new(SchemaKnowledge.Unusable, Why: problem);
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not what a registry says: a proxy's page, or an answer cut off. The record may be fine.
            return new(SchemaKnowledge.Unavailable, Why: "answers something that is no schema");
        }
    }
}
