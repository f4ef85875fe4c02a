namespace StreamEngage.Steps.Reigns;

/// <summary>What a lane makes of a message that brings another rulebook.</summary>
internal sealed class Succession(LaneParts parts)
{
    /// <param name="record">The message.</param>
    /// <param name="engine">The lane's, where it stands when it comes to the message.</param>
    /// <returns>The reigns from here on, null where that rulebook is in force already; or why the lane must not go on.</returns>
    public async Task<(LaneReigns? Next, string? Problem)> OfAsync(InputRecord record, LaneEngine engine)
    {
        if (LaneMessage.Decode(record.Value) is not { } message || RulebookText.Decode(message.Body.Span) is not { } text)
            return (null, $"record {record.Offset} of {parts.Topics.Exchange} is broken, or was written by a newer version of the engine: run that one");
        if (text.Version == engine.Reigns.Version) return (null, null);
        LaneReigns? next = null;
        var isTooBig = false;
        await parts.Aside(() =>
        {
            if (parts.Shelf.Take(text) is not { } rulebook) return;
            next = engine.Reigns.Under(text, rulebook, engine.Clock);
            // Compiled here, and not when the lane needs it.
            _ = next.Rulebook;
            isTooBig = next.WritesAfter(engine.Reigns) is null;
        });
        if (next is null) return (null, $"rulebook {text.Version} has errors for this version of the engine: run the one that published it");
        return isTooBig ? (null, $"rulebook {engine.Reigns.Version} is too big to be remembered beside {text.Version}") : (next, null);
    }
}
