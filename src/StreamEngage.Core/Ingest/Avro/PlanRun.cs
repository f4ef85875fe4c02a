namespace StreamEngage.Ingest.Avro;

// Runs a plan over bytes. Generic over a struct, so that each sink gets machine code of its own with its calls inlined.
internal static class PlanRun
{
    public static bool Value<TSink>(PlanNode node, ref AvroInput input, ref TSink sink, int depth)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (node.Op == PlanOp.Union)
        {
            if (!input.TryIndex(node.Branches.Length, AvroStatus.UnionIndex, out var branch)) return false;
            node = node.Branches[branch];
        }

        if (node.Branch >= 0) sink.Branch(node.Branch);
        return node.Op switch
        {
            PlanOp.Record => Record(node.Record!, ref input, ref sink, depth + 1),
            PlanOp.Array => Array(node.Item!, ref input, ref sink, depth + 1),
            PlanOp.Map => Map(node.Item!, ref input, ref sink, depth + 1),
            < PlanOp.IntAsLong => Scalar(node, ref input, ref sink),
            _ => Promoted(node, ref input, ref sink),
        };
    }

    private static bool Record<TSink>(RecordPlan plan, ref AvroInput input, ref TSink sink, int depth)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (depth > AvroLimits.DepthMax) return input.Fail(AvroStatus.TooDeep);
        if (plan.Steps is not { } steps) return input.Fail(AvroStatus.NoMatchingBranch);
        if (!input.Spend(steps.Length)) return false;
        sink.BeginRecord(plan.Schema);
        foreach (ref readonly var step in steps.AsSpan())
        {
            var isRead = step.Default is null
                ? Field(in step, ref input, ref sink, depth)
                : Default(in step, ref input, ref sink, depth);
            if (!isRead) return false;
        }

        sink.EndRecord();
        return true;
    }

    private static bool Field<TSink>(in PlanStep step, ref AvroInput input, ref TSink sink, int depth)
        where TSink : struct, IAvroSink, allows ref struct =>
        step.Field >= 0 && sink.EnterField(step.Field)
            ? Value(step.Node, ref input, ref sink, depth)
            : PlanSkip.Value(step.Node, ref input, depth);

    private static bool Default<TSink>(in PlanStep step, ref AvroInput input, ref TSink sink, int depth)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (!sink.EnterField(step.Field)) return true;

        // Its bytes are not in the datum, but a sink that copies them pays for them each time.
        if (!input.Spend(step.Default!.Length)) return false;
        var nested = new AvroInput(step.Default, input.ValuesLeft);
        Value(step.Node, ref nested, ref sink, depth);
        return input.Adopt(in nested);
    }

    private static bool Array<TSink>(PlanNode item, ref AvroInput input, ref TSink sink, int depth)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (depth > AvroLimits.DepthMax) return input.Fail(AvroStatus.TooDeep);
        sink.BeginArray();
        var items = 0;
        while (input.TryBlock(ref items, out var count, out var end))
        {
            if (!input.Spend(count)) return false;
            for (var i = 0; i < count; i++)
                if (!Value(item, ref input, ref sink, depth)) return false;
            if (!input.Closes(end)) return false;
            if (count > 0) continue;
            sink.EndArray();
            return true;
        }

        return false;
    }

    private static bool Map<TSink>(PlanNode item, ref AvroInput input, ref TSink sink, int depth)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (depth > AvroLimits.DepthMax) return input.Fail(AvroStatus.TooDeep);
        sink.BeginMap();
        var items = 0;
        while (input.TryBlock(ref items, out var count, out var end))
        {
            if (!input.Spend(count)) return false;
            for (var i = 0; i < count; i++)
                if (!Entry(item, ref input, ref sink, depth)) return false;
            if (!input.Closes(end)) return false;
            if (count > 0) continue;
            sink.EndMap();
            return true;
        }

        return false;
    }

    private static bool Entry<TSink>(PlanNode item, ref AvroInput input, ref TSink sink, int depth)
        where TSink : struct, IAvroSink, allows ref struct =>
        input.TryString(out var key)
        && (sink.EnterEntry(key) ? Value(item, ref input, ref sink, depth) : PlanSkip.Value(item, ref input, depth));

    private static bool Scalar<TSink>(PlanNode node, ref AvroInput input, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        switch (node.Op)
        {
            case PlanOp.Null:
                sink.Null();
                return true;
            case PlanOp.Boolean when input.TryBoolean(out var value):
                sink.Boolean(value);
                return true;
            case PlanOp.Int when input.TryInt(out var value):
                sink.Int(value);
                return true;
            case PlanOp.Long when input.TryLong(out var value):
                sink.Long(value);
                return true;
            case PlanOp.Float when input.TryFloat(out var value):
                sink.Float(value);
                return true;
            case PlanOp.Double when input.TryDouble(out var value):
                sink.Double(value);
                return true;
            case PlanOp.Bytes when input.TryBytes(out var value):
                sink.Bytes(value);
                return true;
            case PlanOp.String when input.TryString(out var value):
                sink.String(value);
                return true;
            case PlanOp.Fixed when input.TryFixed(node.Size, out var value):
                sink.Fixed(value);
                return true;
            case PlanOp.Enum: return Symbol(node.Symbols, ref input, ref sink);
            default: return false;
        }
    }

    private static bool Symbol<TSink>(int[] symbols, ref AvroInput input, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        if (!input.TryIndex(symbols.Length, AvroStatus.EnumIndex, out var symbol)) return false;
        if (symbols[symbol] < 0) return input.Fail(AvroStatus.UnknownSymbol);
        sink.Enum(symbols[symbol]);
        return true;
    }

    private static bool Promoted<TSink>(PlanNode node, ref AvroInput input, ref TSink sink)
        where TSink : struct, IAvroSink, allows ref struct
    {
        switch (node.Op)
        {
            case PlanOp.IntAsLong when input.TryInt(out var value):
                sink.Long(value);
                return true;
            case PlanOp.IntAsFloat when input.TryInt(out var value):
                sink.Float(value);
                return true;
            case PlanOp.IntAsDouble when input.TryInt(out var value):
                sink.Double(value);
                return true;
            case PlanOp.LongAsFloat when input.TryLong(out var value):
                sink.Float(value);
                return true;
            case PlanOp.LongAsDouble when input.TryLong(out var value):
                sink.Double(value);
                return true;
            case PlanOp.FloatAsDouble when input.TryFloat(out var value):
                sink.Double(value);
                return true;
            case PlanOp.BytesAsString when input.TryString(out var value):
                sink.String(value);
                return true;
            case PlanOp.StringAsBytes when input.TryString(out var value):
                sink.Bytes(value);
                return true;
            case PlanOp.Unresolvable: return input.Fail(AvroStatus.NoMatchingBranch);
            default: return false;
        }
    }
}
