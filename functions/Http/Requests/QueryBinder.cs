using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>
/// Reads the query as a JSON object of its record's members: types, annotations, defaults and words of refusal are those of bodies. Parameters that the
/// record does not have are ignored.
/// </summary>
internal sealed class QueryBinder
{
    private readonly ObjectShape _shape;
    private readonly WireJson _wire;
    private readonly QueryField[] _fields;
    private readonly object? _absent;

    public QueryBinder(Type type, ObjectShape shape, WireJson wire)
    {
        (_shape, _wire) = (shape, wire);
        _fields = [.. wire.Reading.GetTypeInfo(type).Properties.Where(ObjectShape.IsInput).Select(property => new QueryField(property, wire))];
        _absent = shape.AllOptional ? OfRules(JsonSerializer.Deserialize("{}"u8, type, wire.Reading)) : null;
    }

    public Result<T> Read<T>(IQueryCollection query)
        where T : class
    {
        if (query.Count == 0 && _absent is T absent)
            return absent;

        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var field in _fields)
                field.Write(query, json);
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.Written);
        return _shape.Read<T>(buffer.Written.Span, document.RootElement, _wire, new ProblemList("query"));
    }

    // A record that refuses to be empty is read in full, so that it says why.
    private object? OfRules(object? absent)
    {
        var problems = new ProblemList("query");
        _shape.CheckRules(absent, problems);
        return problems.Count == 0 ? absent : null;
    }
}
