using StreamEngage.Learn.Experiments;

namespace StreamEngage.Host.Reports;

/// <summary>Decisions that were sent and those that were ghosts, and how many of each converted: all of them, and the first of each user.</summary>
internal sealed class SideCounts
{
    public ArmCount Sent { get; private set; }

    public ArmCount Ghosts { get; private set; }

    public ArmCount Treated { get; private set; }

    public ArmCount Held { get; private set; }

    public void Add(bool isSent, bool isFirst, ArmCount one)
    {
        if (isSent)
        {
            Sent += one;
            if (isFirst) Treated += one;
        }
        else
        {
            Ghosts += one;
            if (isFirst) Held += one;
        }
    }
}

/// <summary>One variant of a trigger: who was sent it against who would have been, but was held out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Counts">Decisions, and users whose first decision had this variant.</param>
/// <param name="Lift">Of those users.</param>
internal sealed record VariantReport(string Name, SideCounts Counts, Lift Lift);
