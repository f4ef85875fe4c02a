using StreamEngage.Rules;

namespace StreamEngage.Rulebooks;

/// <summary>A rulebook whose files are still being read.</summary>
internal sealed class RulebookDraft
{
    private readonly List<TriggerDefinition> _triggers = [];
    private readonly List<SegmentDefinition> _segments = [];
    private readonly List<ModelDefinition> _models = [];
    private readonly List<TemplateDefinition> _templates = [];
    private readonly Dictionary<(string Kind, string Name), SourcePosition> _places = [];
    private readonly Dictionary<(string Name, int Version), TriggerDefinition> _versions = [];
    private (PolicyDefinition Policy, SourcePosition At)? _policy;
    private (EventCatalogue? Catalogue, SourcePosition At)? _catalogue;

    public List<Problem> Problems { get; } = [];

    /// <summary>Of one name there may be one that takes entries, and beside it versions that drain.</summary>
    public void Add(TriggerDefinition? trigger)
    {
        AddNamed(_triggers, trigger, t => (t.IsDraining ? $"{t.Name} v{t.Version}" : t.Name, t.At), "trigger");
        if (trigger is null || _versions.TryAdd((trigger.Name, trigger.Version), trigger))
            return;
        var other = _versions[(trigger.Name, trigger.Version)];
        if (other.IsDraining != trigger.IsDraining)
            Problems.Add(new Problem(trigger.At, Severity.Error, "duplicate-name", $"version {trigger.Version} of trigger '{trigger.Name}' is at {other.At} too: "
                + "of one version either 'draining: true' or not; give the one that takes entries another 'version'"));
    }

    public void Add(SegmentDefinition? segment) => AddNamed(_segments, segment, s => (s.Name, s.At), "segment");

    public void Add(ModelDefinition? model) => AddNamed(_models, model, m => (m.Name, m.At), "model");

    public void Add(TemplateDefinition template) => _templates.Add(template);

    public void Set(PolicyDefinition policy, SourcePosition at, ICollection<Problem> problems)
    {
        if (_policy is { } first)
            problems.Add(Second(at, first.At));
        _policy ??= (policy, at);
    }

    public void Set(EventCatalogue? catalogue, SourcePosition at, ICollection<Problem> problems)
    {
        if (_catalogue is { } first)
            problems.Add(Second(at, first.At));
        _catalogue ??= (catalogue, at);
    }

    /// <summary>Checks what the files say of one another; the definition is there when nothing is an error.</summary>
    public RulebookReading Finished(IReadOnlyCollection<string>? models)
    {
        var rulebook = new RulebookDefinition
        {
            Triggers = InOrder(_triggers).ToList(),
            Segments = _segments.OrderBy(s => s.Name, StringComparer.Ordinal).ToList(),
            Models = _models.OrderBy(m => m.Name, StringComparer.Ordinal).ToList(),
            Policy = _policy?.Policy ?? new PolicyDefinition(),
            Catalogue = _catalogue?.Catalogue,
            Templates = _templates.OrderBy(t => t.Name, StringComparer.Ordinal).ToList(),
        };
        var stages = StageSegments.NamedIn(rulebook).ToList();
        if (stages.Count > 0)
            rulebook = rulebook with { Segments = rulebook.Segments.Concat(stages).OrderBy(s => s.Name, StringComparer.Ordinal).ToList() };
        new RulebookTypes(rulebook, RulebookTypes.ModelsKnown(rulebook, models), Problems).Check();
        var refused = Problems.Any(p => p.Severity == Severity.Error);
        return new RulebookReading(refused ? null : rulebook, InOrder(Problems));
    }

    /// <summary>By name; of one name the version that takes entries first, then those that drain, the newest of them first.</summary>
    private static IEnumerable<TriggerDefinition> InOrder(IEnumerable<TriggerDefinition> triggers) => triggers
        .OrderBy(t => t.Name, StringComparer.Ordinal)
        .ThenBy(t => t.IsDraining)
        .ThenByDescending(t => t.Version);

    /// <summary>By file, line and column; each problem once.</summary>
    public static IReadOnlyList<Problem> InOrder(IEnumerable<Problem> problems) => problems
        .Distinct()
        .OrderBy(p => p.At.File, StringComparer.Ordinal)
        .ThenBy(p => p.At.Line)
        .ThenBy(p => p.At.Column)
        .ThenBy(p => p.Code, StringComparer.Ordinal)
        .ThenBy(p => p.Message, StringComparer.Ordinal)
        .ToList();

    private static Problem Second(SourcePosition at, SourcePosition first) =>
        new(at, Severity.Error, "duplicate-file", $"{first.File} says this already; keep one of the two");

    private void AddNamed<T>(List<T> list, T? item, Func<T, (string Name, SourcePosition At)> named, string kind)
        where T : class
    {
        if (item is null)
            return;
        var (name, at) = named(item);
        if (_places.TryAdd((kind, name), at))
            list.Add(item);
        else
            Problems.Add(new Problem(at, Severity.Error, "duplicate-name", $"there is a {kind} '{name}' already, at {_places[(kind, name)]}"));
    }
}
