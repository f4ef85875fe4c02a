namespace StreamEngage;

/// <summary>Every bound of the engine, with its reason. A relation between two of them that must hold is checked by the compiler.</summary>
internal static class Limits
{
    /// <summary>Bytes of one event's text form: a bigger one is not a click.</summary>
    public const int EventBytesMax = 1 << 20;

    /// <summary>Bytes of an event id or a user id.</summary>
    public const int IdBytesMax = 256;

    /// <summary>Bytes of an event type's name.</summary>
    public const int TypeBytesMax = 128;

    /// <summary>Bytes of a property's dotted path.</summary>
    public const int PropertyPathBytesMax = 512;

    /// <summary>Properties of one event, nested ones included.</summary>
    public const int EventPropertiesMax = 1_000;

    /// <summary>Elements of an array property that are kept; the rest of a longer one is not.</summary>
    public const int ListItemsMax = 256;

    /// <summary>Nesting of JSON: deeper is an attack or a mistake.</summary>
    public const int JsonDepthMax = 32;

    /// <summary>The last instant an event may carry, 2248-09-26: times are packed into 43 bits.</summary>
    public const long EventTimeMax = (1L << 43) - 1;

    /// <summary>Events of one batch: their states stay within half of a second-level cache.</summary>
    public const int BatchEventsMax = 512;

    /// <summary>Bytes of text of one batch; an event that does not fit begins the next.</summary>
    public const int BatchBytes = 1 << 18;

    /// <summary>Ids remembered a user for deduplication; the oldest goes first.</summary>
    public const int DedupIdsMax = 512;

    /// <summary>Entries of one window of one user; past it the two oldest merge.</summary>
    public const int WindowEntriesMax = 512;

    /// <summary>Partial matches of one pattern of one user; past it the oldest goes, counted.</summary>
    public const int PartialMatchesMax = 64;

    /// <summary>Events of one match; a loop that would grow past it stops growing, counted.</summary>
    public const int MatchEventsMax = 128;

    /// <summary>
    /// Deadlines of one instance that run at once (<c>repeat: each</c>), and journeys of one trigger and user; past it the oldest goes, counted.
    /// </summary>
    public const int InstancesMax = 64;

    /// <summary>Steps of one trigger, those in branches counted too.</summary>
    public const int JourneyStepsMax = 128;

    /// <summary>How deep steps may stand in branches of one another: deeper nobody follows.</summary>
    public const int JourneyDepthMax = 6;

    /// <summary>Instances of all triggers of one user; past it an eighth of them goes, of which the latest is longest ago, counted.</summary>
    public const int UserInstancesMax = 512;

    /// <summary>Users of a lane who are looked at when their patterns' time is over; one more waits until the user comes again.</summary>
    public const int IdleVisitsMax = 1 << 20;

    /// <summary>Attributes of one user's profile; further ones are refused, counted.</summary>
    public const int AttributesMax = 128;

    /// <summary>Runs of activity, parted by silences, that are kept of a user for the stage; the oldest goes first, counted.</summary>
    public const int LifeRunsMax = 32;

    /// <summary>Bytes of an attribute's text; longer ones are cut.</summary>
    public const int AttributeBytesMax = 1_024;

    /// <summary>Purposes of which a user's consent is kept. A denial past it takes the place of a grant; a grant is refused, counted.</summary>
    public const int ConsentsMax = 64;

    /// <summary>Channels of which it is kept whether they reach a user; further ones are refused, counted.</summary>
    public const int ChannelsMax = 32;

    /// <summary>Prompts of one user that are remembered, for caps and outcomes; the oldest goes first.</summary>
    public const int PromptsRememberedMax = 512;

    /// <summary>How long a prompt is remembered for its outcomes, if no cap asks for longer.</summary>
    public const long OutcomeMilliseconds = 7 * 86_400_000L;

    /// <summary>Candidates of one user that wait for the end of quiet hours; a further one is dropped with reason quiet.</summary>
    public const int HeldMax = 64;

    /// <summary>Ids that were merged into one user: more are no person but a shared device or a robot. A further merge is refused, counted.</summary>
    public const int FormerIdsMax = 512;

    /// <summary>Bytes of a user's record, or of an event, that goes from lane to lane: a topic takes 1,000,000 by default. More is refused, counted.</summary>
    public const int ErrandBytesMax = 900_000;

    /// <summary>Aliases that the record of a user who moves from lane to lane remembers having passed; of more the latest.</summary>
    public const int AliasesPassedMax = 64;

    /// <summary>Decisions of one user whose goal may still be reached; the oldest goes first, counted.</summary>
    public const int OpenGoalsMax = 64;

    /// <summary>Prompts of one user that a later one may supersede; the oldest goes first.</summary>
    public const int ShownPromptsMax = 64;

    /// <summary>Bytes of a captured text (an alias read at a deadline); longer ones are cut.</summary>
    public const int CapturedBytesMax = 1_024;

    /// <summary>Weight a coalesced window entry can carry: 20 bits beside a time of 43.</summary>
    public const int WindowWeightMax = (1 << 20) - 1;

    /// <summary>How long after the end of the input hours and weekdays go on changing segments: every one has come once.</summary>
    public const long PerpetualDrainMilliseconds = 7 * 86_400_000L;

    /// <summary>Event types a rulebook may name.</summary>
    public const int EventTypesMax = 4_096;

    /// <summary>Triggers of one rulebook.</summary>
    public const int TriggersMax = 16_384;

    /// <summary>Features of one model: they are read onto the stack.</summary>
    public const int ModelFeaturesMax = 256;

    /// <summary>Characters of one value in a message: a longer one is not a name or a number but somebody's text.</summary>
    public const int TemplateValueCharsMax = 1_000;

    /// <summary>Characters of a push: phones show no more.</summary>
    public const int PushCharsMax = 240;

    /// <summary>Characters of a text message: three parts.</summary>
    public const int SmsCharsMax = 480;

    /// <summary>Characters of an in-app message.</summary>
    public const int InAppCharsMax = 1_000;

    /// <summary>Characters of what a person is asked to do.</summary>
    public const int HumanCharsMax = 4_000;

    /// <summary>Characters of an email: mail programs cut pages off at about 100 KB.</summary>
    public const int EmailCharsMax = 100 * 1024;

    // A negative constant does not fit a uint, so a broken relation does not compile.
#pragma warning disable IDE0051 // Never read: their being compiled is the check.
    private const uint BatchHoldsTheBiggestId = BatchBytes - 4 * IdBytesMax;
    private const uint TimeAndWeightFitOneWord = (uint)(long.MaxValue / (WindowWeightMax + 1L) - EventTimeMax >= 0 ? 1 : -1);
#pragma warning restore IDE0051
}
