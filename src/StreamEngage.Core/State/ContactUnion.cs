using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>What two users who are one said of consent and channels, and the prompts made for both.</summary>
internal static class ContactUnion
{
    /// <returns>Null where nothing is known; and how many facts found no place.</returns>
    public static (Contact? Union, int Refused) Of(Contact? a, Contact? b)
    {
        if (a is null || b is null) return (a ?? b, 0);
        var union = new Contact();
        var refused = Consents(a, b).Count(fact => !union.Take(fact)) + Channels(a, b, union);
        var prompts = a.Prompts.ToArray().Concat(b.Prompts.ToArray()).GroupBy(prompt => prompt.Id).Select(One);
        foreach (var prompt in prompts.OrderBy(prompt => prompt.At).ThenBy(prompt => prompt.Id)) union.Add(prompt, EventTime.Beginning);
        return (union, refused);
    }

    /// <summary>Of each purpose the more restrictive of the two latest words. Denials stand first, so that none of them lacks a place.</summary>
    private static IEnumerable<ConsentFact> Consents(Contact a, Contact b) =>
        a.Consents.Concat(b.Consents).Select(fact => fact.Purpose).Distinct()
            .Select(purpose => Restrictive(purpose, Latest(a, purpose), Latest(b, purpose)))
            .OrderBy(fact => fact.IsGranted).ThenBy(fact => fact.Purpose);

    /// <summary>On a purpose that is named, words on all of them count too.</summary>
    private static ConsentFact? Latest(Contact contact, Utf8Text purpose)
    {
        ConsentFact? latest = null;
        foreach (var fact in contact.Consents)
        {
            if (!fact.Purpose.IsEmpty && fact.Purpose != purpose) continue;
            if (latest is not { } known || fact.At > known.At || (fact.At == known.At && !fact.IsGranted)) latest = fact;
        }
        return latest;
    }

    /// <summary>
    /// A denial of a named purpose stands at the later instant of the two, so that no older grant of all purposes outweighs it. One of all purposes stands
    /// where it was said, so that it outweighs no later grant of a named one.
    /// </summary>
    private static ConsentFact Restrictive(Utf8Text purpose, ConsentFact? one, ConsentFact? other)
    {
        if (one is not { } a || other is not { } b) return (one ?? other)!.Value with { Purpose = purpose };
        var latest = EventTime.Max(a.At, b.At);
        if (a.IsGranted && b.IsGranted) return new(purpose, IsGranted: true, latest);
        if (!purpose.IsEmpty || a.IsGranted == b.IsGranted) return new(purpose, IsGranted: false, latest);
        return new(purpose, IsGranted: false, a.IsGranted ? b.At : a.At);
    }

    private static int Channels(Contact a, Contact b, Contact union)
    {
        var refused = 0;
        foreach (var facts in ChannelsOf(a).Concat(ChannelsOf(b)).GroupBy(fact => fact.Name).OrderBy(facts => facts.Key))
        {
            if (union.Open(facts.Key) is not { } channel)
            {
                refused++;
                continue;
            }
            foreach (var fact in facts)
            {
                channel.Say(fact.IsReachable, fact.SaidAt);
                channel.Sent += fact.Sent;
                channel.Engaged += fact.Engaged;
            }
        }
        return refused;
    }

    private static IEnumerable<ChannelFact> ChannelsOf(Contact contact) => Enumerable.Range(0, contact.ChannelCount).Select(contact.ChannelAt);

    private static PromptTrace One(IEnumerable<PromptTrace> same) =>
        same.Aggregate((first, other) => first with { Fate = first.Fate | other.Fate });
}
