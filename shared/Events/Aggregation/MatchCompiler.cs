using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.Events.Aggregation;

/// <summary>Turns the conditions of <c>$match</c> into predicates.</summary>
internal sealed class MatchCompiler(PipelineScope scope)
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(100);
    private const int LongestPattern = 1000;

    public Predicate<Document> Compile(JsonElement condition)
    {
        if (condition.ValueKind != JsonValueKind.Object)
            throw scope.Refuse("A condition should be an object");
        return All([.. condition.EnumerateObject().Select(member => member.Name.StartsWith('$') ? Logical(member.Name, member.Value) : Field(scope.Path(member.Name), member.Value))]);
    }

    private static Predicate<Document> All(Predicate<Document>[] parts) => document => Array.TrueForAll(parts, part => part(document));

    private Predicate<Document> Logical(string name, JsonElement value)
    {
        if (name is not ("$and" or "$or" or "$nor"))
            throw scope.Refuse($"Unknown operator '{name}'");
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            throw scope.Refuse($"'{name}' needs a list of conditions");
        var parts = value.EnumerateArray().Select(Compile).ToArray();
        return name switch
        {
            "$and" => All(parts),
            "$or" => document => Array.Exists(parts, part => part(document)),
            _ => document => !Array.Exists(parts, part => part(document)),
        };
    }

    private Predicate<Document> Field(FieldPath path, JsonElement condition)
    {
        if (condition.ValueKind != JsonValueKind.Object || !condition.EnumerateObject().Any(member => member.Name.StartsWith('$')))
            return Equal(path, condition);
        return All([.. condition.EnumerateObject().Where(member => member.Name != "$options" || !condition.TryGetProperty("$regex", out _))
            .Select(member => Test(path, member.Name, member.Value, condition))]);
    }

    private Predicate<Document> Test(FieldPath path, string name, JsonElement value, JsonElement condition)
    {
        switch (name)
        {
            case "$eq":
                return Equal(path, value);
            case "$ne":
                return Not(Equal(path, value));
            case "$gt" or "$gte" or "$lt" or "$lte":
                return Compared(path, name, Values.FromJson(value));
            case "$in":
                return In(path, name, value);
            case "$nin":
                return Not(In(path, name, value));
            case "$exists":
                return Exists(path, value);
            case "$regex":
                return Like(path, Pattern(value, condition));
            case "$not" when value.ValueKind == JsonValueKind.Object:
                return Not(Field(path, value));
            default:
                throw scope.Refuse($"Unknown operator '{name}'");
        }
    }

    private static Predicate<Document> Not(Predicate<Document> part) => document => !part(document);

    private Predicate<Document> Equal(FieldPath path, JsonElement literal)
    {
        var wanted = Values.FromJson(literal);
        return document => CandidatesOf(path, document).Any(value => Ordering.CompareLoosely(value, wanted) == 0);
    }

    private Predicate<Document> Compared(FieldPath path, string name, object? limit)
    {
        Predicate<int> holds = name switch { "$gt" => order => order > 0, "$gte" => order => order >= 0, "$lt" => order => order < 0, _ => order => order <= 0 };
        return document => CandidatesOf(path, document).Any(value => Ordering.AreComparable(value, limit) && holds(Ordering.CompareLoosely(value, limit)));
    }

    private Predicate<Document> In(FieldPath path, string name, JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw scope.Refuse($"'{name}' needs a list");
        var wanted = list.EnumerateArray().Select(item => Equal(path, item)).ToArray();
        return document => Array.Exists(wanted, part => part(document));
    }

    private Predicate<Document> Exists(FieldPath path, JsonElement wanted)
    {
        if (wanted.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw scope.Refuse("'$exists' needs true or false");
        var expected = wanted.GetBoolean();
        return document => CandidatesOf(path, document).Any(value => value is not Missing) == expected;
    }

    private Predicate<Document> Like(FieldPath path, Regex pattern) => document =>
    {
        try
        {
            return CandidatesOf(path, document).Any(value => value is string text && pattern.IsMatch(text));
        }
        catch (RegexMatchTimeoutException)
        {
            throw new PipelineRefusedException("'$regex' takes too long");
        }
    };

    private IEnumerable<object?> CandidatesOf(FieldPath path, Document document)
    {
        foreach (var value in path.Candidates(document))
        {
            scope.Budget.Check();
            yield return value;
        }
    }

    private Regex Pattern(JsonElement pattern, JsonElement condition)
    {
        var hasOptions = condition.TryGetProperty("$options", out var options);
        if (hasOptions && (options.ValueKind != JsonValueKind.String || options.GetString() is not ("" or "i")))
            throw scope.Refuse("'$options' takes only 'i'");
        if (pattern.ValueKind != JsonValueKind.String || pattern.GetString()!.Length > LongestPattern)
            throw scope.Refuse($"'$regex' needs a pattern of at most {LongestPattern} characters");
        try
        {
            var ignoreCase = hasOptions && options.GetString() == "i" ? RegexOptions.IgnoreCase : RegexOptions.None;
            return new Regex(pattern.GetString()!, RegexOptions.CultureInvariant | ignoreCase, LongestMatch);
        }
        catch (ArgumentException)
        {
            throw scope.Refuse("'$regex' is not a valid pattern");
        }
    }
}
