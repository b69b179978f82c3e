using System.Text.Json;

namespace Platform.Events.Aggregation;

/// <summary>Works a value out of a document.</summary>
internal delegate object? Formula(Document document);

/// <summary>Turns expressions into formulas: paths, literals, objects and lists of expressions, and the operators of <see cref="Operator"/>.</summary>
internal sealed class ExpressionCompiler(PipelineScope scope)
{
    private const int LongestFormat = 100;

    public Formula Compile(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Text(element.GetString()!),
        JsonValueKind.Object => Object(element),
        JsonValueKind.Array => List(element),
        _ => Constant(Values.FromJson(element)),
    };

    private static Formula Constant(object? value) => _ => value;

    private Formula Text(string text) => text.StartsWith('$') ? scope.Path(PathOf(text)).Read : Constant(text);

    private string PathOf(string text) => text.StartsWith("$$", StringComparison.Ordinal) ? throw scope.Refuse($"Unknown variable '{text}'") : text[1..];

    private Formula List(JsonElement element)
    {
        var items = element.EnumerateArray().Select(Compile).ToArray();
        return document => new ValueList([.. items.Select(item => item(document) is var value and not Missing ? value : null)]);
    }

    private Formula Object(JsonElement element)
    {
        var members = element.EnumerateObject().ToList();
        if (members is [{ Name: ['$', ..] } only])
            return Operation(only.Name, only.Value);
        if (members.FindIndex(member => member.Name.StartsWith('$')) is >= 0 and var index)
            throw scope.Refuse($"'{members[index].Name}' must be the only member of its object");
        var formulas = members.ConvertAll(member => KeyValuePair.Create(member.Name, Compile(member.Value)));
        return document => new Document(formulas.Select(member => KeyValuePair.Create(member.Key, member.Value(document))));
    }

    private Formula Operation(string name, JsonElement argument)
    {
        if (name == "$dateToString")
            return DateToString(argument);
        var found = Operator.Find(name) ?? throw scope.Refuse($"Unknown operator '{name}'");
        var arguments = ArgumentsOf(name, argument).Select(Compile).ToArray();
        if (arguments.Length < found.Fewest || arguments.Length > found.Most)
            throw scope.Refuse($"'{name}' does not take {arguments.Length} arguments");
        return document =>
        {
            scope.Budget.Check();
            return found.Apply(Array.ConvertAll(arguments, formula => formula(document)));
        };
    }

    private IEnumerable<JsonElement> ArgumentsOf(string name, JsonElement argument) => argument.ValueKind switch
    {
        JsonValueKind.Array => argument.EnumerateArray(),
        JsonValueKind.Object when name == "$cond" => ((string[])["if", "then", "else"]).Select(part => MemberOf(name, argument, part, 3)),
        _ => [argument],
    };

    private Formula DateToString(JsonElement argument)
    {
        var text = MemberOf("$dateToString", argument, "format", 2);
        var format = text.ValueKind == JsonValueKind.String && text.GetString()!.Length <= LongestFormat ? Times.Format(text.GetString()!) : null;
        if (format is null)
            throw scope.Refuse("'$dateToString' needs a format of %Y %m %d %H %M %S %L %j");
        var date = Compile(MemberOf("$dateToString", argument, "date", 2));
        return document => Times.Of(date(document)) is { } time ? format(time) : null;
    }

    private JsonElement MemberOf(string name, JsonElement argument, string member, int members) =>
        argument.ValueKind == JsonValueKind.Object && argument.EnumerateObject().Count() == members && argument.TryGetProperty(member, out var found)
            ? found
            : throw scope.Refuse($"'{name}' needs '{member}' and no other members than it has");
}
