namespace StreamEngage.Ingest.Avro;

// Passes over a value without looking at more of it than its end takes: strings are not checked to be UTF-8, nor symbols to be known.
internal static class PlanSkip
{
    public static bool Value(PlanNode node, ref AvroInput input, int depth)
    {
        if (node.Op == PlanOp.Union)
        {
            if (!input.TryIndex(node.Branches.Length, AvroStatus.UnionIndex, out var branch)) return false;
            node = node.Branches[branch];
        }

        switch (node.Op)
        {
            case PlanOp.Null: return true;
            case PlanOp.Boolean: return input.TryBoolean(out _);
            case PlanOp.Int or PlanOp.IntAsLong or PlanOp.IntAsFloat or PlanOp.IntAsDouble: return input.TryInt(out _);
            case PlanOp.Long or PlanOp.LongAsFloat or PlanOp.LongAsDouble: return input.TryLong(out _);
            case PlanOp.Float or PlanOp.FloatAsDouble: return input.TryFixed(sizeof(float), out _);
            case PlanOp.Double: return input.TryFixed(sizeof(double), out _);
            case PlanOp.Fixed: return input.TryFixed(node.Size, out _);
            case PlanOp.Enum: return input.TryIndex(node.Symbols.Length, AvroStatus.EnumIndex, out _);
            case PlanOp.Array: return Items(node.Item!, ref input, hasKeys: false, depth + 1);
            case PlanOp.Map: return Items(node.Item!, ref input, hasKeys: true, depth + 1);
            case PlanOp.Record: return Record(node.Record!, ref input, depth + 1);
            case PlanOp.Unresolvable: return input.Fail(AvroStatus.NoMatchingBranch);
            default: return input.TryBytes(out _);
        }
    }

    private static bool Record(RecordPlan plan, ref AvroInput input, int depth)
    {
        if (depth > AvroLimits.DepthMax) return input.Fail(AvroStatus.TooDeep);
        if (plan.Steps is not { } steps) return input.Fail(AvroStatus.NoMatchingBranch);
        if (!input.Spend(steps.Length)) return false;
        foreach (ref readonly var step in steps.AsSpan())
            if (step.Default is null && !Value(step.Node, ref input, depth)) return false;
        return true;
    }

    private static bool Items(PlanNode item, ref AvroInput input, bool hasKeys, int depth)
    {
        if (depth > AvroLimits.DepthMax) return input.Fail(AvroStatus.TooDeep);
        var items = 0;
        while (input.TryBlock(ref items, out var count, out var end))
        {
            if (count == 0) return input.Closes(end);
            if (!input.Spend(count)) return false;
            if (end >= 0) input.JumpTo(end);
            else if (!Items(item, ref input, hasKeys, depth, count)) return false;
        }

        return false;
    }

    private static bool Items(PlanNode item, ref AvroInput input, bool hasKeys, int depth, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (hasKeys && !input.TryBytes(out _)) return false;
            if (!Value(item, ref input, depth)) return false;
        }

        return true;
    }
}
