using StreamEngage.Detect;

namespace StreamEngage.Steps.Reigns;

/// <summary>
/// What a lane makes of messages that bring another rulebook. Reading and compiling one takes long, so it is done aside while the lane goes on under the
/// one in force, and the message is taken when that is done.
/// </summary>
internal sealed class Succession(LaneParts parts)
{
    private Preparation? _next;

    /// <summary>The message can be taken without standing still for it. Else it is being prepared from now on.</summary>
    public bool IsReady(in InputRecord record, LaneEngine engine) => PreparationOf(record, engine).Work.IsCompleted;

    /// <param name="record">The message.</param>
    /// <param name="engine">The lane's, where it stands when it comes to the message.</param>
    /// <returns>The reigns from here on, null where that rulebook is in force already; or why the lane must not go on.</returns>
    public async Task<(LaneReigns? Next, string? Problem)> OfAsync(InputRecord record, LaneEngine engine)
    {
        var next = PreparationOf(record, engine);
        await next.Work;
        _next = null;
        if (next.Problem is not null || next.Rulebook is null) return (null, next.Problem);
        var reigns = engine.Reigns.Under(next.Text!, next.Rulebook, engine.Clock);
        return reigns.WritesAfter(engine.Reigns) is not null ? (reigns, null)
            : (null, $"rulebook {engine.Reigns.Version} is too big to be remembered beside {reigns.Version}");
    }

    private Preparation PreparationOf(in InputRecord record, LaneEngine engine)
    {
        if (_next is not { } next || next.Offset != record.Offset || next.Former != engine.Reigns)
        {
            _next = next = new() { Offset = record.Offset, Former = engine.Reigns };
            var message = record.Value;
            next.Work = parts.Aside(() => Prepare(next, message));
        }
        return next;
    }

    private void Prepare(Preparation next, ReadOnlyMemory<byte> record)
    {
        if (LaneMessage.Decode(record) is not { } message || RulebookText.Decode(message.Body.Span) is not { } text)
            next.Problem = $"record {next.Offset} of {parts.Topics.Exchange} is broken, or was written by a newer version of the engine: run that one";
        else if (text.Version == next.Former.Version) next.Text = text;
        else if (parts.Shelf.Take(text) is not { } shelved)
            next.Problem = $"rulebook {text.Version} has errors for this version of the engine: run the one that published it";
        else (next.Text, next.Rulebook) = (shelved.Text, next.Former.Prepare(shelved.Definition));
    }

    /// <summary>A rulebook that is to follow another one. Read when <see cref="Work"/> is done.</summary>
    private sealed class Preparation
    {
        public required long Offset { get; init; }

        public required LaneReigns Former { get; init; }

        public Task Work { get; set; } = Task.CompletedTask;

        public string? Problem { get; set; }

        public RulebookText? Text { get; set; }

        /// <summary>Null: it is in force already.</summary>
        public CompiledRulebook? Rulebook { get; set; }
    }
}
