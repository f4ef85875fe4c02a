namespace StreamEngage.Kafka;

/// <summary>Every bound of the Kafka edge, with its reason.</summary>
internal static class KafkaLimits
{
    /// <summary>One wait inside the client: so long at most a seek, a pause or a stop waits for a poll that finds nothing.</summary>
    public const int SliceMilliseconds = 10;

    /// <summary>
    /// So long a broker keeps a request for records on which nothing has come. A lane that is given to an instance waits for it: the client has one request
    /// under way, and the lane is in the next.
    /// </summary>
    public const int FetchMilliseconds = 100;

    /// <summary>How long lanes that go away may take for their last step and publication; then they go all the same, and the fences hold.</summary>
    public const int DrainMilliseconds = 2_000;

    /// <summary>A group believes a silent member alive for so long: the least that brokers allow by default.</summary>
    public const int SessionMilliseconds = 6_000;

    /// <summary>
    /// So often a member shows that it lives, and hears that the group deals its lanes out anew: lanes that move have no owner until every member has
    /// heard, twice where one of them has to give some up first.
    /// </summary>
    public const int HeartbeatMilliseconds = 300;

    /// <summary>So often the client is made to look whether a heartbeat is due.</summary>
    public const int WakeMilliseconds = 100;

    /// <summary>A member that does not poll for so long loses its lanes.</summary>
    public const int PollIntervalMilliseconds = 60_000;

    /// <summary>A dead instance's open transaction holds its successors up for so long, and until the broker looks (10 s by default).</summary>
    public const int TransactionMilliseconds = 10_000;

    /// <summary>From the end of a transaction to the next: brokers have marked it in all its partitions by then, mostly.</summary>
    public const int TransactionsApartMilliseconds = 8;

    /// <summary>What a transactional producer is refused for the moment it asks for again after so long.</summary>
    public const int TurnedAwayMilliseconds = 5;

    /// <summary>So long a transaction's records are awaited before its commit is asked for, which then waits itself.</summary>
    public const int ReportsMilliseconds = 500;

    /// <summary>A request unanswered for so long is sent again. Below the transaction's, as librdkafka demands.</summary>
    public const int RequestMilliseconds = 5_000;

    /// <summary>One attempt of a blocking call (offsets, commit, watermarks).</summary>
    public const int CallMilliseconds = 10_000;

    /// <summary>One attempt of a producer to begin; a stop waits for it.</summary>
    public const int StartMilliseconds = 3_000;

    /// <summary>Between two attempts.</summary>
    public const int RetryMilliseconds = 200;

    /// <summary>All of a check at start, brokers answering or not.</summary>
    public const int CheckMilliseconds = 8_000;

    /// <summary>For the making of topics, brokers answering or not: a person waits for it.</summary>
    public const int CreateMilliseconds = 7_000;

    /// <summary>For the answer whether the engine's user may use group and transactions; after the check of the topics.</summary>
    public const int RightsMilliseconds = 1_500;

    /// <summary>Records fetched ahead, in KiB: a second's worth, because older client libraries stand still for a second when it is full.</summary>
    public const int AheadKibibytes = 32 * 1024;

    /// <summary>
    /// The same of lanes, where the library does not stand still. They stand in one row, so the first record of a lane that comes while others have a backlog
    /// waits for all that stand before it, twice: where the lane's end was asked for, and where it was sought.
    /// </summary>
    public const int AheadOfLanesKibibytes = 4 * 1024;

    /// <summary>Records fetched ahead of a partition before the client waits, which the older client libraries do for a second.</summary>
    public const int AheadRecords = 100_000;

    /// <summary>Records of one publication that wait for their acknowledgement.</summary>
    public const int PublicationRecords = 100_000;

    /// <summary>Their bytes, in KiB.</summary>
    public const int PublicationKibibytes = 64 * 1024;

    /// <summary>Bytes of a record that is published, headers and all: brokers refuse more by default.</summary>
    public const int RecordBytesMax = 1_000_000;

    /// <summary>Bytes of one lane's journal that are read at once; a longer tail is refused loudly, it would not fit memory.</summary>
    public const long JournalBytesMax = 256L << 20;

    /// <summary>Lanes whose journals are read at the same time: each holds a consumer.</summary>
    public const int JournalReadersMax = 4;

    /// <summary>Calls that wait for a client's thread: one poll, one publication and what ends them.</summary>
    public const int CallsWaitingMax = 64;

    /// <summary>Schemas that are kept, known and unknown ones apart; past it the one asked for first goes.</summary>
    public const int SchemasMax = 1_000;

    /// <summary>An id that the registry does not know is asked for again after so long.</summary>
    public const int UnknownSchemaMilliseconds = 60_000;

    /// <summary>A registry that failed is asked again after so long.</summary>
    public const int RegistryRetryMilliseconds = 1_000;

    /// <summary>A registry that did not answer is asked once more after so long, more or less.</summary>
    public const int RegistryAgainMilliseconds = 100;

    /// <summary>The registry's time for an answer.</summary>
    public const int RegistryMilliseconds = 5_000;

    /// <summary>Bytes of a registry's answer: a schema text, and as much again for the JSON around and in it.</summary>
    public const int RegistryAnswerBytesMax = 1 << 20;

    // Compile only while they hold: librdkafka refuses requests that outlive their transaction.
    private const uint RequestsEndBeforeTheirTransaction = TransactionMilliseconds - 100 - RequestMilliseconds;
    private const uint ADrainEndsBeforeItsMemberIsGone = PollIntervalMilliseconds - DrainMilliseconds;
}
