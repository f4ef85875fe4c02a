using System.Text;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>Turns a rulebook's definition into its compiled form. Expects a definition that was checked.</summary>
internal sealed class RulebookCompiler
{
    /// <summary>Attribute that is the zone of a user who has set none.</summary>
    private const string DeviceZoneAttribute = "device_time_zone";

    private readonly RulebookDefinition _definition;
    private readonly EventSchema _schema = new();
    private readonly WindowPlan _windows = new();
    private readonly ExpressionCompiler _expressions;
    private readonly TriggerIndex _index;
    private readonly CompiledSegment[] _segments;
    private readonly ModelTerms _terms;

    private RulebookCompiler(RulebookDefinition definition, Func<ModelDefinition, Scorer> scorerOf)
    {
        _definition = definition;
        var names = new UserNames(definition.Policy);
        _terms = new(definition.Models, names);
        foreach (var type in EventTypes.Control.Concat(EventTypes.Derived)) _schema.AddType(type);
        ContactBook.Read(_schema);
        _schema.Read(_schema.TypeOf(EventTypes.Identify), _schema.AddProperty("anonymous"));
        _segments = [.. definition.Segments.Select((segment, index) => new CompiledSegment(index, segment))];
        _expressions = new(_schema, _windows)
        {
            Segments = _segments.ToDictionary(segment => segment.Definition.Name, segment => segment.Index),
            Models = definition.Models,
            ScorerOf = scorerOf,
            UserNames = names,
            Policy = definition.Policy,
        };
        _index = new(_schema, _windows, _expressions);
    }

    public static CompiledRulebook Compile(RulebookDefinition definition) => Compile(definition, Linear);

    /// <summary>With scorers other than the linear ones of Core.</summary>
    public static CompiledRulebook Compile(RulebookDefinition definition, Func<ModelDefinition, Scorer> scorerOf) =>
        new RulebookCompiler(definition, scorerOf).Compile(tenure: null, former: null, also: []);

    private static Scorer Linear(ModelDefinition model) => new LinearModel(model).Score;

    /// <summary>A rulebook that follows another one.</summary>
    /// <param name="definition">What was checked.</param>
    /// <param name="former">Tenure of the rulebook that it follows; null: it is not known any more.</param>
    /// <param name="tenure">Of its own parts; null: <see cref="CompiledRulebook.Begin"/> tells it.</param>
    /// <param name="also">What is kept of events besides what it reads.</param>
    public static CompiledRulebook Compile(RulebookDefinition definition, Tenure? former, Tenure? tenure, IEnumerable<EventSchema> also) =>
        new RulebookCompiler(definition, Linear).Compile(tenure, former, also);

    private CompiledRulebook Compile(Tenure? tenure, Tenure? former, IEnumerable<EventSchema> also)
    {
        var (zone, deviceZone) = (_expressions.Attribute("time_zone"), _expressions.Attribute(DeviceZoneAttribute));
        var inOrder = InOrderOfReference();
        foreach (var segment in _segments) CompileSegment(segment);
        var triggers = _definition.Triggers.Select((trigger, index) => CompileTrigger(index, trigger)).ToArray();
        foreach (var versions in triggers.GroupBy(trigger => trigger.Name).Where(versions => versions.Count() > 1)) Drain([.. versions]);
        if (_expressions.ReadsStage)
        {
            foreach (var type in _definition.Policy.Lifecycle.Of) _schema.AddType(type);
        }
        foreach (var other in also) _schema.ReadAlso(other);
        if (tenure is not null)
        {
            foreach (var trigger in triggers) trigger.Begin(tenure, Identity(trigger));
        }
        var segmentTypes = SegmentTypes();
        foreach (var trigger in triggers) AddWaits(trigger, segmentTypes);
        var plans = _index.Plans(_segments, segmentTypes);
        if (_expressions.ReadsStage) MarkActivity(plans);
        if (_expressions.Standing is not null)
        {
            foreach (var type in _definition.Policy.Rfm.Types) plans[_schema.TypeOf(type)].MovesStanding = true;
        }
        if (_definition.Policy.DeviceZone is { } device) _schema.ReadOfAll(_schema.AddProperty(device));
        var usesSessions = _expressions.ReadsSession || EventTypes.Derived.Select(_schema.TypeOf).Any(type => IsRead(plans[type]) || IsAwaited(type, triggers));
        if (usesSessions) PrepareSessions();
        _schema.Freeze();
        return new()
        {
            Definition = _definition,
            Schema = _schema,
            Triggers = triggers,
            Segments = inOrder,
            Slots = [.. _windows.Slots],
            Layout = LayoutOf(triggers, former),
            Plans = plans,
            UsesSessions = usesSessions,
            Attributes = AttributesRead().Select(_schema.AddProperty).Distinct().Order().ToArray(),
            ZoneAttribute = zone,
            DeviceZoneAttribute = deviceZone,
            Standing = _expressions.Standing,
        };
    }

    private StateLayout LayoutOf(CompiledTrigger[] triggers, Tenure? former)
    {
        StateLayout With(IReadOnlyDictionary<uint, Heir> heirs) =>
            new(_schema, [.. _windows.Slots], [.. triggers.Select(Identity)], [.. _segments.Select(Identity)])
            {
                Shapes = [.. triggers.Select(FormOf)],
                Variants = [.. triggers.Select(trigger => trigger.Decide.Variants.Count)],
                Goals = [.. triggers.Select(trigger => trigger.GoalIdentity)],
                LatenessMilliseconds = _definition.Policy.Time.LatenessMilliseconds,
                Kin = [.. triggers.Select(trigger => new TriggerKin(Identity($"trigger {trigger.Name}"), Identity(trigger.Captures.Description)))],
                SegmentMeanings = [.. _segments.Select(MeaningOf), .. _expressions.ReadsStage ? new[] { Activity } : []],
                Lifecycle = _expressions.ReadsStage ? _definition.Policy.Lifecycle : null,
                LifeActivity = _expressions.ReadsStage ? Activity : 0,
                Standing = _expressions.Standing is null ? 0 : Math.Max(1, Identity(_definition.Policy.Rfm.Meaning)),
                Journeys = [.. triggers.Select(ShapeOf)],
                Keepers = [.. triggers.Select(KeeperOf)],
                Heirs = heirs,
            };
        var own = With(new Dictionary<uint, Heir>());
        var heirs = former?.HeirsIn(own, trigger => triggers[trigger].Definition.OnUpgrade == UpgradeMode.Keep);
        return heirs is { Count: > 0 } ? With(heirs) : own;
    }

    /// <summary>One version of a name remembers for all: the one that takes entries, or, where all drain, the newest.</summary>
    private static void Drain(CompiledTrigger[] versions)
    {
        var keeper = versions.FirstOrDefault(version => !version.Definition.IsDraining) ?? versions.MaxBy(version => version.Definition.Version)!;
        keeper.Outlive([.. versions.Where(version => version != keeper)]);
    }

    private static Heir KeeperOf(CompiledTrigger trigger)
    {
        if (trigger.Successor is not { } keeper) return new(trigger.Index, KeepsProgress: !trigger.Definition.IsDraining);
        return new(keeper.Index, keeper.Definition is { OnUpgrade: UpgradeMode.Keep, IsDraining: false }
            && keeper.Captures.Description == trigger.Captures.Description);
    }

    private static TriggerShape FormOf(CompiledTrigger trigger) =>
        new(trigger.ChannelsMost, trigger.Absence is not null, trigger.Pattern?.Steps.Length ?? 0, trigger.Pattern?.LastNot is not null);

    /// <summary>What is under way is kept across a change of the rulebook while name, version and captured values stay.</summary>
    private static uint Identity(CompiledTrigger trigger) =>
        Identity($"trigger {trigger.Name} {trigger.Definition.Version} {trigger.Captures.Description}");

    private static JourneyShape? ShapeOf(CompiledTrigger trigger)
    {
        if (trigger.Journey is not { } journey) return null;
        return new(Identity($"journey {trigger.Name}"), trigger.Definition.Version)
        {
            Steps = [.. journey.Places.Select(place => place.IsWait ? StepIdentity(place.Name) : 0)],
            Prompts = [.. journey.Prompts.Select(prompt => StepIdentity(prompt.Step!))],
            Channels = [.. journey.Prompts.Select(prompt => prompt.Channels.Length)],
            Captures = [.. trigger.Captures.Names.Select(name => Identity($"capture {name}"))],
            Migrations = trigger.Definition.Migrations.ToDictionary(migration => migration.From, MigrationOf),
            KeepsOthers = trigger.Definition.OnUpgrade == UpgradeMode.Keep,
        };
    }

    private static JourneyMigration MigrationOf(MigrationDefinition migration) => new(
        migration.Steps.ToDictionary(step => StepIdentity(step.Key), step => StepIdentity(step.Value)), migration.StaysByName);

    private static uint StepIdentity(string name) => Identity($"step {name}");

    /// <summary>Never 0, which stands for no goal.</summary>
    private static uint GoalIdentity(TriggerDefinition trigger)
    {
        if (trigger.Goal is not { Event: var goal }) return 0;
        var where = goal.Where is { } condition ? ExpressionText.Canonical(condition) : "";
        return Math.Max(1, Identity($"goal {trigger.Name} {trigger.Version} {goal.Type} {where}"));
    }

    private bool PausesOnHarm(TriggerDefinition trigger) =>
        trigger.Goal is not null && trigger.Decide.Holdout is > 0 and < 1 && (trigger.Decide.PauseOnHarm ?? _definition.Policy.Harm.Pause);

    private static uint Identity(CompiledSegment segment) => Identity($"segment {segment.Definition.Name}");

    private uint MeaningOf(CompiledSegment segment) =>
        Identity($"segment {segment.Definition.Name} {ExpressionText.Canonical(segment.Definition.If)}{_terms.Meaning(segment.Definition.If)}");

    private static uint Identity(string text) => (uint)(Hash64.Of(Encoding.UTF8.GetBytes(text)) >> 32);

    private uint Activity => Identity(_definition.Policy.Lifecycle.Activity);

    private void MarkActivity(TypePlan[] plans)
    {
        var types = _definition.Policy.Lifecycle.Of.Select(_schema.TypeOf).ToHashSet();
        foreach (var (type, plan) in plans.Index()) plan.IsActivity = types.Count == 0 ? plan.IsBehavior : types.Contains(type);
    }

    private static bool IsRead(TypePlan plan) =>
        plan.IsActivity || plan.Feeds.Length + plan.Exits.Length + plan.Cancels.Length + plan.Arms.Length + plan.Patterns.Length + plan.Events.Length > 0;

    private static bool IsAwaited(int type, CompiledTrigger[] triggers) =>
        triggers.SelectMany(trigger => trigger.Journey?.Places ?? []).Any(place => place.NamesType(type));

    /// <summary>A session sums <c>value</c> of every event, and its end carries what it knows.</summary>
    private void PrepareSessions()
    {
        _schema.ReadOfAll(_schema.AddProperty("value"));
        foreach (var name in EventProperties.Session.Keys)
            _schema.Read(_schema.TypeOf(EventTypes.SessionEnd), _schema.AddProperty(name));
    }

    private IEnumerable<string> AttributesRead() => AllExpressions()
        .SelectMany(ExpressionTree.Terms).OfType<NameExpression>()
        .Where(name => name.Scope == "user" && !EventProperties.User.ContainsKey(name.Property))
        .Select(name => name.Property).Append("time_zone").Append(DeviceZoneAttribute);

    private IEnumerable<Expression> AllExpressions() => _definition.Segments.Select(segment => segment.If)
        .Concat(_definition.Triggers.SelectMany(TriggerExpressions.Of))
        .Concat(_definition.Models.Where(model => _expressions.IsAsked(model.Name)).SelectMany(model => model.Features).Select(feature => feature.Value));

    private void CompileSegment(CompiledSegment segment)
    {
        var read = _windows.Reads.Count;
        segment.Condition = _expressions.Compile(segment.Definition.If, new([]));
        segment.JudgedBy = [.. _windows.Reads.Skip(read)];
        segment.IsPerpetual = _terms.Of(segment.Definition.If)
            .Any(term => term is CallExpression { Function: "local_hour" or "local_weekday" });
    }

    private CompiledTrigger CompileTrigger(int index, TriggerDefinition definition)
    {
        var trigger = new CompiledTrigger(index, definition) { GoalIdentity = GoalIdentity(definition), PausesOnHarm = PausesOnHarm(definition) };
        var read = _windows.Reads.Count;
        var names = definition.On switch
        {
            EventOn on => _index.Add(trigger, on),
            AbsenceOn on => _index.Add(trigger, on),
            SilenceOn on => _index.Add(trigger, on),
            PatternOn on => _index.Add(trigger, on),
            SegmentOn on => AddSegment(trigger, on),
            _ => throw new ArgumentException($"{definition.At}: no form {definition.On.GetType().Name}."),
        };
        trigger.FoundBy = [.. _windows.Reads.Skip(read), .. definition.On is SegmentOn edge ? ReadBy(edge.Segment) : []];
        read = _windows.Reads.Count;
        trigger.Predicate = _expressions.CompileOptional(definition.If, names);
        trigger.Data = DataOf(definition, names);
        trigger.Thresholds = [.. Thresholds(definition.Decide)];
        trigger.Channels = [.. definition.Decide.Channels.Select(ChannelOf)];
        if (definition.Steps.Count == 0) CompileRelease(trigger, names);
        else trigger.Journey = PlannerOf(trigger, names).Plan();
        trigger.JudgedBy = [.. _windows.Reads.Skip(read), .. SegmentsRead(ReadBy(definition)).SelectMany(ReadBy)];
        _index.AddExits(trigger);
        return trigger;
    }

    private JourneyPlanner PlannerOf(CompiledTrigger trigger, NameBinding names) => new(_schema, _expressions, trigger, names)
    {
        Windows = _windows,
        Channels = channels => [.. channels.Select(ChannelOf)],
        SegmentReads = expressions => SegmentsRead(expressions).SelectMany(ReadBy),
    };

    private IEnumerable<CompiledThreshold> Thresholds(DecideDefinition decide)
    {
        if (decide.Score is { } score) yield return new(score, IsUplift: false, _expressions.Score(score.Model));
        if (decide.Uplift is { } uplift) yield return new(uplift, IsUplift: true, _expressions.Score(uplift.Model));
    }

    /// <summary>Everything that the trigger evaluates, what the models of its thresholds read among it.</summary>
    private IEnumerable<Expression> ReadBy(TriggerDefinition trigger) => TriggerExpressions.Of(trigger).Concat(_definition.Models
        .Where(model => model.Name == trigger.Decide.Score?.Model || model.Name == trigger.Decide.Uplift?.Model)
        .SelectMany(model => model.Features).Select(feature => feature.Value));

    private IEnumerable<string> SegmentsRead(IEnumerable<Expression> expressions) => _segments.Length == 0 ? [] : expressions
        .SelectMany(_terms.Of).OfType<CallExpression>().Where(call => call.Function == "segment").Select(TextOf);

    /// <summary>The windows that make the members of a segment, those of segments that it reads among them.</summary>
    private IEnumerable<WindowReach> ReadBy(string segment)
    {
        var compiled = _segments[_expressions.Segments[segment]];
        return compiled.JudgedBy.Concat(SegmentsRead([compiled.Definition.If]).SelectMany(ReadBy));
    }

    private CompiledChannel ChannelOf(string name)
    {
        var text = new Utf8Text(name);
        var isQuiet = _definition.Policy.QuietHours is { } quiet && (quiet.Channels.Count == 0 || quiet.Channels.Contains(name));
        return new(name, text, ContactBook.IdentityOf(text), isQuiet);
    }

    /// <summary>What a held candidate reads when it is released was captured when it was held, of an event trigger too.</summary>
    private void CompileRelease(CompiledTrigger trigger, NameBinding names)
    {
        (trigger.ReleasePredicate, trigger.ReleaseData) = (trigger.Predicate, trigger.Data);
        if (!trigger.MayBeHeld || trigger.Definition.On is not EventOn) return;
        var captured = TriggerIndex.Captured(trigger, names.EventTypes, names.OwnAlias);
        trigger.ReleasePredicate = _expressions.CompileOptional(trigger.Definition.If, captured);
        trigger.ReleaseData = DataOf(trigger.Definition, captured);
    }

    private CompiledField[] DataOf(TriggerDefinition definition, NameBinding names) =>
        [.. definition.Prompt.Data.Select(field => new CompiledField(field.Name, _expressions.Compile(field.Value, names)))];

    private NameBinding AddSegment(CompiledTrigger trigger, SegmentOn on)
    {
        var segment = _segments[_expressions.Segments[on.Segment]];
        if (!trigger.Definition.IsDraining) (on.Edge == SegmentEdge.Enter ? segment.OnEnter : segment.OnExit).Add(trigger);
        return new([]);
    }

    /// <summary>The types whose events can change a segment; null: those of every type.</summary>
    private Dictionary<CompiledSegment, HashSet<int>?> SegmentTypes()
    {
        var types = new Dictionary<CompiledSegment, HashSet<int>?>();
        foreach (var segment in InOrderOfReference()) types[segment] = TypesOf(segment.Definition.If, types);
        return types;
    }

    private void AddWaits(CompiledTrigger trigger, Dictionary<CompiledSegment, HashSet<int>?> segmentTypes)
    {
        foreach (var place in trigger.Journey?.Places ?? [])
            if (place.Source is { } condition) place.Reads = TypesOf(condition, segmentTypes);
        _index.AddWaits(trigger);
    }

    /// <summary>The types whose events can change a condition; null: those of every type.</summary>
    private HashSet<int>? TypesOf(Expression condition, Dictionary<CompiledSegment, HashSet<int>?> known)
    {
        var types = new HashSet<int>();
        foreach (var term in _terms.Of(condition))
        {
            switch (term)
            {
                case WindowExpression { Unit: not WindowUnit.Rolling } or CallExpression { Function: "local_hour" or "local_weekday" }
                    when _definition.Policy.DeviceZone is not null:
                    return null;
                case WindowExpression { Unit: not WindowUnit.Rolling } window:
                    types.UnionWith([_schema.TypeOf(window.EventType), _schema.TypeOf(EventTypes.ProfileUpdate)]);
                    break;
                case CallExpression { Function: "local_hour" or "local_weekday" }: types.Add(_schema.TypeOf(EventTypes.ProfileUpdate)); break;
                case WindowExpression window: types.Add(_schema.TypeOf(window.EventType)); break;
                case CallExpression { Function: "since" } call: types.Add(_schema.TypeOf(TextOf(call))); break;
                case NameExpression { Scope: "session" } or NameExpression { Scope: "user", Property: "first_seen" or "last_seen" }:
                    return null;
                case NameExpression { Scope: "user", Property: "stage" } when _definition.Policy.Lifecycle.Of is not { Count: > 0 }: return null;
                case NameExpression { Scope: "user", Property: "stage" }:
                    types.UnionWith(_definition.Policy.Lifecycle.Of.Select(_schema.TypeOf));
                    break;
                case NameExpression when UserNames.IsScore(term): types.UnionWith(_definition.Policy.Rfm.Types.Select(_schema.TypeOf)); break;
                case NameExpression { Scope: "user" }: types.Add(_schema.TypeOf(EventTypes.ProfileUpdate)); break;
                case CallExpression { Function: "segment" } call when known[_segments[_expressions.Segments[TextOf(call)]]] is { } inner:
                    types.UnionWith(inner);
                    break;
                case CallExpression { Function: "segment" }: return null;
            }
        }
        return types;
    }

    private static string TextOf(CallExpression call) => ((LiteralExpression)call.Arguments[0]).Text!;

    /// <summary>A segment that another one reads stands before it.</summary>
    private CompiledSegment[] InOrderOfReference()
    {
        var ordered = new List<CompiledSegment>();
        foreach (var segment in _segments) Visit(segment, ordered, []);
        return [.. ordered];
    }

    private void Visit(CompiledSegment segment, List<CompiledSegment> ordered, HashSet<CompiledSegment> path)
    {
        if (ordered.Contains(segment)) return;
        if (!path.Add(segment))
            throw new ArgumentException($"{segment.Definition.At}: segment {segment.Definition.Name} is defined by itself.");
        foreach (var call in _terms.Of(segment.Definition.If).OfType<CallExpression>().Where(c => c.Function == "segment"))
            Visit(_segments[_expressions.Segments[TextOf(call)]], ordered, path);
        ordered.Add(segment);
    }
}
