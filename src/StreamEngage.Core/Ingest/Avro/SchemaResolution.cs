namespace StreamEngage.Ingest.Avro;

// Compiles a writer's and a reader's schema into a plan. Null answers mean that the two do not match, and Problem says where.
internal sealed class SchemaResolution
{
    private readonly Dictionary<(AvroRecordSchema Writer, AvroRecordSchema Reader), RecordPlan> _records = [];
    private int _nodes;
    private int _depth;
    private bool _isOverBounds;

    public string? Problem { get; private set; }

    public PlanNode? Compile(AvroSchema writer, AvroSchema reader)
    {
        var plan = Resolve(writer, reader, "$");
        return _isOverBounds ? null : plan;
    }

    private PlanNode? Resolve(AvroSchema writer, AvroSchema reader, string path)
    {
        if (_isOverBounds) return null;
        if (++_nodes > AvroLimits.PlanNodesMax || _depth > AvroLimits.PlanDepthMax) return GiveUp(path);
        if (writer is AvroUnionSchema written) return ResolveEach(written, reader, path);
        if (reader is AvroUnionSchema wanted) return ResolveInto(writer, wanted, path);
        return ResolvePlain(writer, reader, path);
    }

    private PlanNode? ResolvePlain(AvroSchema writer, AvroSchema reader, string path)
    {
        // The specification says this of decimals only; of other pairs (milliseconds as microseconds, dates as times) it says
        // nothing, and passing the number on would be wrong by a factor that nobody sees.
        var (written, wanted) = (writer.Logical, reader.Logical);
        if (written != wanted && written.Type != AvroLogicalType.None && wanted.Type != AvroLogicalType.None)
            return Fail(path, $"the writer means {written}, the reader {wanted}");
        return (writer, reader) switch
        {
            (AvroRecordSchema w, AvroRecordSchema r) => ResolveRecord(w, r, path),
            (AvroEnumSchema w, AvroEnumSchema r) => ResolveEnum(w, r, path),
            (AvroFixedSchema w, AvroFixedSchema r) => ResolveFixed(w, r, path),
            (AvroArraySchema w, AvroArraySchema r) => ResolveItem(PlanOp.Array, w.Items, r.Items, path + "[]"),
            (AvroMapSchema w, AvroMapSchema r) => ResolveItem(PlanOp.Map, w.Values, r.Values, path + "{}"),
            _ => ResolveScalar(writer, reader, path),
        };
    }

    private PlanNode? ResolveScalar(AvroSchema writer, AvroSchema reader, string path)
    {
        PlanOp? op = (writer.Type, reader.Type) switch
        {
            (AvroType.Null, AvroType.Null) => PlanOp.Null,
            (AvroType.Boolean, AvroType.Boolean) => PlanOp.Boolean,
            (AvroType.Int, AvroType.Int) => PlanOp.Int,
            (AvroType.Long, AvroType.Long) => PlanOp.Long,
            (AvroType.Float, AvroType.Float) => PlanOp.Float,
            (AvroType.Double, AvroType.Double) => PlanOp.Double,
            (AvroType.Bytes, AvroType.Bytes) => PlanOp.Bytes,
            (AvroType.String, AvroType.String) => PlanOp.String,
            (AvroType.Int, AvroType.Long) => PlanOp.IntAsLong,
            (AvroType.Int, AvroType.Float) => PlanOp.IntAsFloat,
            (AvroType.Int, AvroType.Double) => PlanOp.IntAsDouble,
            (AvroType.Long, AvroType.Float) => PlanOp.LongAsFloat,
            (AvroType.Long, AvroType.Double) => PlanOp.LongAsDouble,
            (AvroType.Float, AvroType.Double) => PlanOp.FloatAsDouble,
            (AvroType.Bytes, AvroType.String) => PlanOp.BytesAsString,
            (AvroType.String, AvroType.Bytes) => PlanOp.StringAsBytes,
            _ => null,
        };
        return op is { } known ? new(known) : Mismatch(writer, reader, path);
    }

    private PlanNode? ResolveItem(PlanOp op, AvroSchema writer, AvroSchema reader, string path) =>
        Resolve(writer, reader, path) is { } item ? new(op) { Item = item } : null;

    private PlanNode? ResolveFixed(AvroFixedSchema writer, AvroFixedSchema reader, string path) =>
        Kinship(writer, reader) > 0 && writer.Size == reader.Size
            ? new(PlanOp.Fixed) { Size = writer.Size }
            : Mismatch(writer, reader, path);

    private PlanNode? ResolveEnum(AvroEnumSchema writer, AvroEnumSchema reader, string path)
    {
        if (Kinship(writer, reader) == 0) return Mismatch(writer, reader, path);
        var known = new Dictionary<string, int>();
        for (var i = 0; i < reader.Symbols.Count; i++)
            known.Add(reader.Symbols[i], i);
        return new(PlanOp.Enum)
        {
            Symbols = [.. writer.Symbols.Select(symbol => known.GetValueOrDefault(symbol, reader.Default))],
        };
    }

    private PlanNode? ResolveRecord(AvroRecordSchema writer, AvroRecordSchema reader, string path)
    {
        if (Kinship(writer, reader) == 0) return Mismatch(writer, reader, path);
        if (_records.TryGetValue((writer, reader), out var plan))
            return plan.HasFailed ? Mismatch(writer, reader, path) : new(PlanOp.Record) { Record = plan };
        plan = new RecordPlan(reader);
        _records.Add((writer, reader), plan);
        _depth++;
        plan.Steps = Steps(writer, reader, path);
        _depth--;
        plan.HasFailed = plan.Steps is null;
        return plan.HasFailed ? null : new(PlanOp.Record) { Record = plan };
    }

    private PlanStep[]? Steps(AvroRecordSchema writer, AvroRecordSchema reader, string path)
    {
        var steps = new List<PlanStep>();
        var homes = Homes(writer, reader);
        var filled = new bool[reader.Fields.Count];
        for (var i = 0; i < homes.Length; i++)
        {
            var written = writer.Fields[i];
            var wanted = homes[i] < 0 ? written : reader.Fields[homes[i]];
            if (Resolve(written.Schema, wanted.Schema, $"{path}.{wanted.Name}") is not { } node) return null;
            steps.Add(new(node, homes[i], Default: null));
            if (homes[i] >= 0) filled[homes[i]] = true;
        }

        for (var i = 0; i < filled.Length; i++)
        {
            if (filled[i]) continue;
            var missing = reader.Fields[i];
            if (missing.Default is null)
            {
                Fail($"{path}.{missing.Name}", "the writer has no such field and the reader no default for it");
                return null;
            }

            if (Resolve(missing.Schema, missing.Schema, $"{path}.{missing.Name}") is not { } node) return null;
            steps.Add(new(node, i, missing.Default));
        }

        return [.. steps];
    }

    // The reader's field for each of the writer's: the one of the same name, else one that has the name as an alias.
    private static int[] Homes(AvroRecordSchema writer, AvroRecordSchema reader)
    {
        var byName = new Dictionary<string, int>();
        for (var i = 0; i < reader.Fields.Count; i++)
            byName.Add(reader.Fields[i].Name, i);
        var written = writer.Fields.Select(field => field.Name).ToHashSet();
        for (var i = 0; i < reader.Fields.Count; i++)
        {
            if (written.Contains(reader.Fields[i].Name)) continue;

            // The first alias in use counts: one field cannot take two values.
            var alias = reader.Fields[i].Aliases.FirstOrDefault(a => written.Contains(a) && !byName.ContainsKey(a));
            if (alias is not null) byName.Add(alias, i);
        }

        return [.. writer.Fields.Select(field => byName.GetValueOrDefault(field.Name, -1))];
    }

    // A branch without a match is an error only for data that uses it.
    private PlanNode? ResolveEach(AvroUnionSchema writer, AvroSchema reader, string path)
    {
        var branches = new PlanNode[writer.Branches.Count];
        var matches = 0;
        var before = Problem;
        for (var i = 0; i < branches.Length; i++)
        {
            var node = Resolve(writer.Branches[i], reader, path);
            branches[i] = node ?? new(PlanOp.Unresolvable);
            if (node is not null) matches++;
        }

        if (matches == 0 && branches.Length > 0) return null;
        Problem = _isOverBounds ? Problem : before;
        return new(PlanOp.Union) { Branches = branches };
    }

    // The reference implementation's order: the same type and name first, then promotion, each in the order of the branches.
    private PlanNode? ResolveInto(AvroSchema writer, AvroUnionSchema reader, string path)
    {
        var before = Problem;
        for (var kinship = _kinshipMax; kinship >= 0; kinship--)
        {
            for (var i = 0; i < reader.Branches.Count; i++)
            {
                if (Kinship(writer, reader.Branches[i]) != kinship) continue;
                var known = Problem;
                var node = Resolve(writer, reader.Branches[i], path);
                if (_isOverBounds) return null;
                Problem = node is not null ? before : kinship > 0 ? Problem : known;
                if (node is not null) return node with { Branch = i };
            }
        }

        return Mismatch(writer, reader, path);
    }

    private const int _kinshipMax = 3;

    // 3: the same type, and full name if it has one; 2: an alias of the reader's; 1: the same simple name; 0: at most promotable.
    private static int Kinship(AvroSchema writer, AvroSchema reader)
    {
        if (writer.Type != reader.Type) return 0;
        if (writer is not AvroNamedSchema w || reader is not AvroNamedSchema r) return _kinshipMax;
        if (w.Name == r.Name) return _kinshipMax;
        if (r.Aliases.Contains(w.Name)) return 2;

        // The specification and the reference implementation match unqualified names; some others want the full name.
        return w.Name.Simple == r.Name.Simple ? 1 : 0;
    }

    private PlanNode? Mismatch(AvroSchema writer, AvroSchema reader, string path) =>
        Fail(path, $"the writer has {Shown(writer)}, which cannot be read as {Shown(reader)}");

    private static string Shown(AvroSchema schema) =>
        AvroSchemaParser.NameOf(schema.Type) + (schema is AvroNamedSchema named ? $" '{named.Name}'" : "");

    private PlanNode? GiveUp(string path)
    {
        _isOverBounds = true;
        Problem = null;
        return Fail(path, $"resolving takes more than {AvroLimits.PlanNodesMax} steps or {AvroLimits.PlanDepthMax} nested records");
    }

    private PlanNode? Fail(string path, string problem)
    {
        Problem ??= $"{path}: {problem}";
        return null;
    }
}
