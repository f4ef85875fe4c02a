using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The stored form of what became of an id.</summary>
internal static class IdentityCodec
{
    public static void Write(UserIdentity identity, RecordWriter to)
    {
        to.Text(identity.MergedInto);
        to.Time(identity.MergedInto.IsEmpty ? null : identity.MergedAt);
        to.Time(identity.ErasedAt);
        to.Time(identity.ExposedAt);
        to.Count(identity.Former.Count);
        foreach (var former in identity.Former)
        {
            to.Text(former.Id);
            to.Time(former.ExposedAt);
        }
    }

    public static void Read(ref RecordReader from, UserState user)
    {
        var identity = user.OpenIdentity();
        identity.MergedInto = from.Text();
        identity.MergedAt = from.TimeOrBeginning();
        identity.ErasedAt = from.Time();
        identity.ExposedAt = from.Time();
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) identity.Add(new(from.Text(), from.Time()));
        user.Remark();
    }
}
