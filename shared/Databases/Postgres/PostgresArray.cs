using System.Text;
using System.Text.Json;

namespace Platform.Databases;

/// <summary>Reads the server's text form of arrays: braces, commas, quoted elements, and before it the bounds where they do not begin with 1.</summary>
internal static class PostgresArray
{
    public static bool IsArray(string text) => text.Length > 1 && (text[0] == '{' || (text[0] == '[' && text.Contains("={", StringComparison.Ordinal))) && text[^1] == '}';

    public static void Write(Utf8JsonWriter writer, PostgresType element, string text)
    {
        var quoted = new StringBuilder();
        for (var at = text[0] == '[' ? text.IndexOf("={", StringComparison.Ordinal) + 1 : 0; at < text.Length;)
        {
            switch (text[at])
            {
                case '{':
                    writer.WriteStartArray();
                    at++;
                    break;
                case '}':
                    writer.WriteEndArray();
                    at++;
                    break;
                case ',':
                    at++;
                    break;
                case '"':
                    at = ReadQuoted(text, at + 1, quoted);
                    PostgresValue.WriteOne(writer, element.Id, quoted.ToString());
                    break;
                default:
                    at = WriteBare(writer, element, text, at);
                    break;
            }
        }
    }

    private static int WriteBare(Utf8JsonWriter writer, PostgresType element, string text, int at)
    {
        var end = text.AsSpan(at).IndexOfAny(',', '}') is >= 0 and var found ? at + found : text.Length;
        if (text.AsSpan(at, end - at).SequenceEqual("NULL"))
            writer.WriteNullValue();
        else
            PostgresValue.WriteOne(writer, element.Id, text[at..end]);
        return end;
    }

    private static int ReadQuoted(string text, int at, StringBuilder into)
    {
        into.Clear();
        for (; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            into.Append(text[at]);
        }

        return at + 1;
    }
}
