using System.Text;
using System.Text.Json;

namespace Platform.Events.Aggregation;

/// <summary>A stage without the one that comes after it.</summary>
internal delegate Stage StageFactory(Stage next);

/// <summary>Turns a pipeline into stages and refuses what is not on the list: nothing but the operators written here can run.</summary>
internal sealed class PipelineCompiler
{
    private const int LargestPipeline = 64 * 1024;
    private const int Deepest = 10;
    private const int MostSortKeys = 32;
    private const long LargestNumber = 1_000_000_000;

    private readonly PipelineScope _scope;
    private readonly ExpressionCompiler _expressions;
    private readonly FieldCompiler _fields;
    private readonly IReadOnlyList<JsonElement> _pipeline;
    private readonly int _limit;

    /// <param name="pipeline">The stages as they were sent.</param>
    /// <param name="limit">How many documents come out at the most.</param>
    /// <param name="budget">What the run may use.</param>
    public PipelineCompiler(IReadOnlyList<JsonElement> pipeline, int limit, AggregationBudget budget)
    {
        (_pipeline, _limit, _scope) = (pipeline, limit, new PipelineScope(budget));
        _expressions = new ExpressionCompiler(_scope);
        _fields = new FieldCompiler(_scope, _expressions);
    }

    /// <summary>The first stage, and what the pipeline reads of an event.</summary>
    /// <param name="skipped">Stages at the beginning that the database does instead.</param>
    /// <param name="end">Takes what comes out.</param>
    public (Stage First, PipelineScope Scope) Compile(Func<int, bool> skipped, Stage end)
    {
        CheckSize();
        var stages = new List<StageFactory>();
        for (var i = 0; i < _pipeline.Count; i++)
        {
            _scope.Stage = i;
            var stage = CompileStage(i);
            if (!skipped(i))
                stages.Add(stage);
        }

        _scope.End();
        stages.Add(next => new LimitStage(_limit, next));
        return (Enumerable.Reverse(stages).Aggregate(end, (next, stage) => stage(next)), _scope);
    }

    private void CheckSize()
    {
        if (_pipeline.Sum(stage => (long)Encoding.UTF8.GetByteCount(stage.GetRawText())) > LargestPipeline)
            throw new PipelineRefusedException($"The pipeline should have at most {LargestPipeline} bytes");
        for (var i = 0; i < _pipeline.Count; i++)
        {
            if (DepthOf(_pipeline[i]) > Deepest)
                throw new PipelineRefusedException($"The stage should not be nested deeper than {Deepest}", i);
        }
    }

    private static int DepthOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => 1 + element.EnumerateObject().Select(member => DepthOf(member.Value)).DefaultIfEmpty(0).Max(),
        JsonValueKind.Array => 1 + element.EnumerateArray().Select(DepthOf).DefaultIfEmpty(0).Max(),
        _ => 0,
    };

    private StageFactory CompileStage(int index)
    {
        var stage = _pipeline[index];
        if (stage.ValueKind != JsonValueKind.Object || stage.EnumerateObject().ToList() is not [var only])
            throw _scope.Refuse("A stage should be an object with one member");
        var (budget, argument) = (_scope.Budget, only.Value);
        switch (only.Name)
        {
            case "$match":
                var condition = new MatchCompiler(_scope).Compile(argument);
                return next => new MatchStage(condition, next);
            case "$project":
                var project = _fields.Project(argument);
                return next => new MapStage(project, budget, next);
            case "$addFields":
                var add = _fields.AddFields(argument);
                return next => new MapStage(add, budget, next);
            case "$sort":
                var keys = SortKeys(argument);
                return next => new SortStage(keys, WantedAfter(index), budget, next);
            case "$skip":
                var skip = Number(only.Name, argument, 0);
                return next => new SkipStage(skip, next);
            case "$limit":
                var limit = Number(only.Name, argument, 1);
                return next => new LimitStage(limit, next);
            case "$group":
                return Group(argument);
            case "$unwind":
                return Unwind(argument);
            case "$count":
                return Count(argument);
            default:
                throw _scope.Refuse($"Unknown stage '{only.Name}'");
        }
    }

    private StageFactory Group(JsonElement argument)
    {
        if (argument.ValueKind != JsonValueKind.Object || !argument.TryGetProperty("_id", out var id))
            throw _scope.Refuse("'$group' needs an '_id'");
        var key = _expressions.Compile(id);
        var fields = argument.EnumerateObject().Where(member => member.Name != "_id").Select(GroupField).ToList();
        _scope.Replace();
        return next => new GroupStage(key, fields, _scope.Budget, next);
    }

    private GroupField GroupField(JsonProperty field)
    {
        if (field.Name.StartsWith('$') || field.Name.Contains('.'))
            throw _scope.Refuse($"'{field.Name}' is not a name for a field");
        if (field.Value.ValueKind != JsonValueKind.Object || field.Value.EnumerateObject().ToList() is not [var only])
            throw _scope.Refuse($"'{field.Name}' needs one accumulator");
        var create = Accumulator.Find(only.Name) ?? throw _scope.Refuse($"Unknown accumulator '{only.Name}'");
        return new GroupField(field.Name, _expressions.Compile(only.Value), create);
    }

    private List<SortKey> SortKeys(JsonElement argument)
    {
        if (argument.ValueKind != JsonValueKind.Object || argument.EnumerateObject().Count() is 0 or > MostSortKeys)
            throw _scope.Refuse($"'$sort' needs 1 to {MostSortKeys} keys");
        return [.. argument.EnumerateObject().Select(key => new SortKey(_scope.Path(key.Name), Direction(key.Value) < 0))];
    }

    private int Direction(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var direction) && direction is 1 or -1
        ? direction
        : throw _scope.Refuse("'$sort' takes 1 or -1");

    private StageFactory Unwind(JsonElement argument)
    {
        var keepsEmpty = false;
        if (argument.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in argument.EnumerateObject())
            {
                if (member.Name is not ("path" or "preserveNullAndEmptyArrays"))
                    throw _scope.Refuse($"'$unwind' does not take '{member.Name}'");
            }

            keepsEmpty = argument.TryGetProperty("preserveNullAndEmptyArrays", out var keeps) && keeps.ValueKind == JsonValueKind.True;
            argument = argument.TryGetProperty("path", out var inner) ? inner : default;
        }

        if (argument.ValueKind != JsonValueKind.String || argument.GetString() is not ['$', not '$', ..] text)
            throw _scope.Refuse("'$unwind' needs a path");
        var path = _scope.Path(text[1..]);
        return next => new UnwindStage(path, keepsEmpty, _scope.Budget, next);
    }

    private StageFactory Count(JsonElement argument)
    {
        if (argument.ValueKind != JsonValueKind.String || argument.GetString() is not [not '$', ..] name || name.Contains('.'))
            throw _scope.Refuse("'$count' needs a name");
        _scope.Replace();
        return next => new CountStage(name, next);
    }

    private long Number(string stage, JsonElement value, long least) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= LargestNumber
            ? number
            : throw _scope.Refuse($"'{stage}' needs a whole number from {least} to {LargestNumber}");

    /// <summary>How many of its documents the stages after a sort look at.</summary>
    private long WantedAfter(int index)
    {
        var skipped = 0L;
        foreach (var stage in _pipeline.Skip(index + 1).Select(stage => stage.EnumerateObject().First()))
        {
            if (stage.Name == "$limit")
                return Math.Min(stage.Value.GetInt64() + skipped, LargestNumber);
            if (stage.Name == "$skip")
                skipped += stage.Value.GetInt64();
            else if (stage.Name is not ("$project" or "$addFields"))
                return LargestNumber;
        }

        return Math.Min(_limit + skipped, LargestNumber);
    }
}
