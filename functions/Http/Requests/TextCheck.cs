using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary>
/// Finds strings that no database column holds: NUL characters and unpaired surrogates. Both can come only through a <c>\u</c> escape, so a document
/// without one is done after one scan of its bytes.
/// </summary>
internal static class TextCheck
{
    public static void Run(ReadOnlySpan<byte> utf8, JsonElement root, ProblemList problems)
    {
        if (utf8.IndexOf("\\u0000"u8) >= 0 || utf8.IndexOf("\\ud"u8) >= 0 || utf8.IndexOf("\\uD"u8) >= 0)
            Walk(root, problems);
    }

    private static void Walk(JsonElement element, ProblemList problems)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                CheckText(Text(element), problems);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                    Enter((index++).ToString(), item, problems);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    CheckText(Name(property), problems);
                    if (Name(property) is { } name)
                        Enter(name, property.Value, problems);
                }
                break;
        }
    }

    private static void Enter(string segment, JsonElement element, ProblemList problems)
    {
        problems.Enter(segment);
        Walk(element, problems);
        problems.Leave();
    }

    private static void CheckText(string? text, ProblemList problems)
    {
        if (text is null)
            problems.Add("String should be valid Unicode", "value_error");
        else if (text.Contains('\0', StringComparison.Ordinal))
            problems.Add("String should not contain NUL characters", "value_error");
    }

    private static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
