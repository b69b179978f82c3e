using System.Text.Json;
using EmbeddedFunctions.DurableTask.Client;
using Platform.Chaos.Workflows;

namespace Platform.Chaos.Checks;

/// <summary>Compares what is stored in the end with what failure-free runs give, and says what differs.</summary>
internal sealed class RunChecker(StoredRun stored, IReadOnlyCollection<WorkflowModel> models, IReadOnlyDictionary<string, bool> unnamed, ExecutionLog executions)
{
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    private readonly List<string> _violations = [];

    public IReadOnlyList<string> Check()
    {
        var rows = stored.Instances.ToDictionary(i => i.Id, StringComparer.Ordinal);
        foreach (var model in models)
        {
            foreach (var expected in model.Instances)
            {
                if (rows.Remove(expected.Id, out var row))
                    Check(model, expected, row);
                else
                    Add(model, $"{expected.Id} is missing");
            }

            CheckLedger(model);
            foreach (var activity in model.Activities.Where(a => executions.Count(a) == 0))
                Add(model, $"the activity {activity} was never executed");
        }

        var started = rows.Values.Where(row => row.Name == WorkflowFunctions.Unnamed).ToList();
        started.ForEach(row => rows.Remove(row.Id));
        CheckUnnamed(started);
        _violations.AddRange(rows.Keys.Select(id => $"{id} is stored, but nobody started it"));
        _violations.AddRange(stored.Inbox.Select(message => $"a message is left in an inbox: {message}"));
        return _violations;
    }

    private void Check(WorkflowModel model, ExpectedInstance expected, StoredRow row)
    {
        var status = expected.Value is null ? OrchestrationRuntimeStatus.Failed : OrchestrationRuntimeStatus.Completed;
        if (row.Status != status || row.Name != expected.Name)
        {
            Add(model, $"{row.Id} ({row.Name}) is {row.Status}, not {status}: {row.Output}");
            return;
        }

        if (row.CustomStatus != (expected.LastStep is null ? null : JsonSerializer.Serialize(expected.LastStep)))
            Add(model, $"{row.Id} has the custom status {row.CustomStatus}, not {expected.LastStep}");

        var history = new HistoryChecker();
        var pieces = stored.History[row.Id].ToList();
        if (pieces.Exists(p => p.Generation != row.Generation))
            Add(model, $"{row.Id} has history of other generations");
        foreach (var violation in history.Check(pieces.ConvertAll(p => (p.Number, p.Events)), restarted: expected.Rounds > 1))
            Add(model, $"the history of {row.Id}: {violation}");
        CheckResult(model, expected, row, history);
    }

    private void CheckResult(WorkflowModel model, ExpectedInstance expected, StoredRow row, HistoryChecker history)
    {
        List<Heard> heard = [];
        if (expected is { Name: WorkflowFunctions.Workflow, Value: { } value })
        {
            var result = JsonSerializer.Deserialize<WorkflowResult>(row.Output!, Wire)!;
            heard.AddRange(result.Heard);
            if (result.Value != value)
                Add(model, $"{row.Id} resulted in {result.Value}, not {value}");
        }
        else if (expected.Value is { } count && row.Output != $"{count}")
        {
            Add(model, $"{row.Id} resulted in {row.Output}, not {count}");
        }

        foreach (var twice in heard.GroupBy(h => h.Token).Where(g => g.Count() > 1))
            Add(model, $"{row.Id} heard {twice.Key} {twice.Count()} times");
        var tokens = history.Raised.ConvertAll(r => JsonSerializer.Deserialize<EventContent>(r.Input!, Wire)!.Token);
        foreach (var twice in tokens.GroupBy(t => t).Where(g => g.Count() > 1))
            Add(model, $"{row.Id} has {twice.Key} {twice.Count()} times in its history");
        foreach (var again in heard.Where(h => h.Round < expected.Rounds - 1 && tokens.Contains(h.Token)))
            Add(model, $"{row.Id} heard {again.Token} in round {again.Round} and got it again");
    }

    /// <summary>An acknowledged start gave one instance, any other one at most; each ended as a failure-free one does.</summary>
    private void CheckUnnamed(List<StoredRow> rows)
    {
        var results = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var result = row.Status == OrchestrationRuntimeStatus.Completed ? JsonSerializer.Deserialize<UnnamedResult>(row.Output!, Wire) : null;
            if (result is null || result.Value != Values.OfUnnamed(result.Label))
                _violations.Add($"{row.Id} ({row.Name}) is {row.Status}: {row.Output}");
            else
                results[result.Label] = results.GetValueOrDefault(result.Label) + 1;
            _violations.AddRange(new HistoryChecker().Check(stored.History[row.Id].Select(piece => (piece.Number, piece.Events)).ToList(), restarted: false).Select(violation => $"the history of {row.Id}: {violation}"));
        }

        _violations.AddRange(unnamed.Where(start => start.Value && !results.ContainsKey(start.Key)).Select(start => $"{start.Key} was acknowledged and is missing"));
        _violations.AddRange(results.Where(result => result.Value > 1 || !unnamed.ContainsKey(result.Key)).Select(result => $"{result.Key} is stored {result.Value} times"));
    }

    private void CheckLedger(WorkflowModel model)
    {
        var root = model.Instances[^1].Id;
        var (state, holder) = stored.Entities.GetValueOrDefault($"@{LedgerEntity.Name}@{root}");
        var written = state is null ? [] : JsonSerializer.Deserialize<List<string>>(state)!;
        if (holder is not null)
            Add(model, $"the ledger is still locked by {holder}");
        var found = written.GroupBy(SenderOf).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        foreach (var (sender, tokens) in model.Ledger)
        {
            var had = found.GetValueOrDefault(sender, []);
            found.Remove(sender);
            if (!had.SequenceEqual(tokens))
                Add(model, $"the ledger has from {sender}: {string.Join(' ', had)}; it should have {string.Join(' ', tokens)}");
        }

        foreach (var (sender, tokens) in found)
            Add(model, $"the ledger has from {sender}, who wrote nothing: {string.Join(' ', tokens)}");
    }

    private static string SenderOf(string token) => token[..token.LastIndexOf('/')];

    private void Add(WorkflowModel model, string violation) => _violations.Add($"{model}: {violation}");
}
