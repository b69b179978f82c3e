using System.Collections;
using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary>
/// What JSON a .NET type takes and which rules its values obey; built once per type. <see cref="Check"/> finds every misfit of a document with its place,
/// which the serialiser alone, stopping at the first, cannot.
/// </summary>
internal abstract class TypeShape
{
    /// <summary>Adds a problem for each place where the element does not fit the type. After none, deserialisation succeeds.</summary>
    public abstract void Check(JsonElement element, ProblemList problems);

    /// <summary>Adds a problem for each broken rule of a deserialised value.</summary>
    public virtual void CheckRules(object? value, ProblemList problems)
    {
    }

    /// <summary>The document as a value of the type, or all its problems of one sort: unfit text, then misfits, then broken rules.</summary>
    public Result<T> Read<T>(ReadOnlySpan<byte> utf8, JsonElement root, WireJson wire, ProblemList problems)
        where T : class
    {
        TextCheck.Run(utf8, root, problems);
        if (problems.Count == 0)
            Check(root, problems);
        if (problems.Count > 0)
            return problems.ToError();
        var value = root.Deserialize<T>(wire.Reading)!;
        CheckRules(value, problems);
        return problems.Count > 0 ? problems.ToError() : value;
    }
}

internal sealed class AnyShape : TypeShape
{
    public override void Check(JsonElement element, ProblemList problems)
    {
    }
}

internal sealed class ScalarShape(Func<JsonElement, bool> fits, string message, string type) : TypeShape
{
    public override void Check(JsonElement element, ProblemList problems)
    {
        if (!fits(element))
            problems.Add(message, type);
    }
}

internal sealed class ListShape(Func<TypeShape> itemShape) : TypeShape
{
    private readonly Lazy<TypeShape> _item = new(itemShape);

    public override void Check(JsonElement element, ProblemList problems)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            problems.Add("Input should be a valid list", "value_error");
            return;
        }
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            problems.Enter(index++.ToString());
            _item.Value.Check(item, problems);
            problems.Leave();
        }
    }

    public override void CheckRules(object? value, ProblemList problems)
    {
        if (value is not IEnumerable items || _item.Value is ScalarShape or AnyShape)
            return;
        var index = 0;
        foreach (var item in items)
        {
            problems.Enter(index++.ToString());
            _item.Value.CheckRules(item, problems);
            problems.Leave();
        }
    }
}

internal sealed class MapShape(Func<TypeShape> valueShape) : TypeShape
{
    private readonly Lazy<TypeShape> _value = new(valueShape);

    public override void Check(JsonElement element, ProblemList problems)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add("Input should be a valid dictionary", "value_error");
            return;
        }
        foreach (var property in element.EnumerateObject())
        {
            problems.Enter(property.Name);
            _value.Value.Check(property.Value, problems);
            problems.Leave();
        }
    }

    public override void CheckRules(object? value, ProblemList problems)
    {
        if (value is not IDictionary map || _value.Value is ScalarShape or AnyShape)
            return;
        foreach (DictionaryEntry entry in map)
        {
            problems.Enter((string)entry.Key);
            _value.Value.CheckRules(entry.Value, problems);
            problems.Leave();
        }
    }
}
