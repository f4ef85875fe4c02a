using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The stored form of a user's contact and of the candidates that are held.</summary>
internal sealed class ContactCodec(StateLayout layout, Lane lane)
{
    // Beside who is held out, in one byte.
    private const byte AwaitsApproval = 0x80;

    public void Write(UserState user, RecordWriter to)
    {
        var contact = user.Contact is { KnowsNothing: false } known ? known : null;
        to.Flag(contact is not null);
        if (contact is not null) Write(contact, to);
        to.Count(user.Held.Count);
        foreach (var held in user.Held) Write(held, to);
    }

    public void Read(ref RecordReader from, UserState user)
    {
        if (from.Flag()) ReadContact(ref from, user);
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) ReadHeld(ref from, user);
    }

    private static void Write(Contact contact, RecordWriter to)
    {
        to.Count(contact.Consents.Count);
        foreach (var consent in contact.Consents)
        {
            to.Text(consent.Purpose);
            to.Flag(consent.IsGranted);
            to.Time(consent.At);
        }
        to.Count(contact.ChannelCount);
        for (var i = 0; i < contact.ChannelCount; i++)
        {
            var channel = contact.ChannelAt(i);
            to.Text(channel.Name);
            to.Flag(channel.IsReachable);
            to.Time(channel.SaidAt);
            to.Signed(channel.Sent);
            to.Count(channel.Engaged);
        }
        to.Count(contact.Prompts.Length);
        foreach (ref readonly var prompt in contact.Prompts)
        {
            Write(prompt.Id, to);
            to.Half(prompt.Channel);
            to.Half(prompt.Purpose);
            to.Time(prompt.At);
            to.Flag(prompt.IsHeld);
            to.Byte((byte)prompt.Fate);
        }
    }

    private static void ReadContact(ref RecordReader from, UserState user)
    {
        var contact = user.Contact = new();
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var (purpose, isGranted) = (from.Text(), from.Flag());
            contact.Take(new(purpose, isGranted, from.TimeOrBeginning()));
        }
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var channel = contact.Open(from.Text().Detach());
            var isReachable = from.Flag();
            channel?.Say(isReachable, from.TimeOrBeginning());
            var (sent, engaged) = (from.Signed(), from.Count());
            if (channel is not null) (channel.Sent, channel.Engaged) = (sent, engaged);
        }
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var (id, channel, purpose) = (ReadId(ref from), from.Half(), from.Half());
            var prompt = new PromptTrace(id, channel, purpose) { At = from.TimeOrBeginning(), IsHeld = from.Flag(), Fate = (PromptFate)from.Byte() };
            contact.Add(prompt, EventTime.Beginning);
        }
    }

    private void Write(HeldCandidate held, RecordWriter to)
    {
        to.Half(layout.Triggers[held.Instance.Trigger]);
        to.Value(held.Instance.Key);
        to.Time(held.DecidedAt);
        to.Time(held.BeganAt);
        to.Count(held.Channel);
        to.Byte((byte)((byte)held.HeldOut | (held.AwaitsApproval ? AwaitsApproval : 0)));
        Write(held.PromptId, to);
        ProgressCodec.Write(held, to);
    }

    /// <summary>One of a trigger that is not there any more, or means something else now, is read and dropped.</summary>
    private void ReadHeld(ref RecordReader from, UserState user)
    {
        var (trigger, keepsProgress) = layout.HeirOf(from.Half());
        var key = from.Value();
        var (decidedAt, beganAt) = (from.TimeOrBeginning(), from.TimeOrBeginning());
        var (channel, flags) = ((int)Math.Min(from.Count(), byte.MaxValue), from.Byte());
        var keeps = keepsProgress && !from.IsBroken && channel < layout.ShapeOf(trigger).Channels;
        var held = new HeldCandidate
        {
            Instance = keeps ? lane.Pool.OpenInstance(user, trigger, key) : new(),
            DecidedAt = decidedAt,
            BeganAt = beganAt,
            Channel = channel,
            HeldOut = (HeldOut)(flags & ~AwaitsApproval),
            AwaitsApproval = (flags & AwaitsApproval) != 0,
            PromptId = ReadId(ref from),
        };
        if (keeps)
        {
            user.Hold(held);
            lane.Held.Add(decidedAt);
        }
        new ProgressCodec(layout, lane).Read(ref from, held, keeps);
    }

    public static void Write(UInt128 id, RecordWriter to)
    {
        to.Word((ulong)(id >> 64));
        to.Word((ulong)(id & ulong.MaxValue));
    }

    public static UInt128 ReadId(ref RecordReader from) => new(from.Word(), from.Word());
}
