using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The stored form of what lanes that are apart owe each other of an id.</summary>
internal static class ClaimCodec
{
    public static void Write(UserIdentity identity, RecordWriter to)
    {
        to.Count(identity.OwnerLane is { } lane ? lane + 1 : 0);
        to.Word(identity.Claim);
        to.Count(identity.Asked.Count);
        foreach (var asked in identity.Asked)
        {
            to.Text(asked.Id);
            to.Word(asked.Claim);
        }
    }

    public static void Read(ref RecordReader from, UserState user)
    {
        var identity = user.OpenIdentity();
        var lane = from.Count();
        identity.OwnerLane = lane is 0 or > int.MaxValue ? null : (int)(lane - 1);
        identity.Claim = from.Word();
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) identity.Ask(new(from.Text(), from.Word()));
    }
}
