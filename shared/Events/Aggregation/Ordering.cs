using System.Globalization;
using System.Text;

namespace Platform.Events.Aggregation;

/// <summary>How values compare: first by sort (nothing, number, text, object, list, truth, time), then by value, as in MongoDB.</summary>
internal static class Ordering
{
    public static int Compare(object? left, object? right)
    {
        var (rank, other) = (Rank(left), Rank(right));
        return rank != other ? rank.CompareTo(other) : (left, right) switch
        {
            (long a, long b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            (Document a, Document b) => CompareMembers(a, b),
            (ValueList a, ValueList b) => CompareAll(a.Items.Zip(b.Items, Compare), a.Items.Count.CompareTo(b.Items.Count)),
            (bool a, bool b) => a.CompareTo(b),
            (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
            _ when rank == Rank(0L) => Numbers.ToReal(left).CompareTo(Numbers.ToReal(right)),
            _ => 0,
        };
    }

    /// <summary>As <see cref="Compare"/>, but a text beside a time is read as one when it can be.</summary>
    public static int CompareLoosely(object? left, object? right) => (left, right) switch
    {
        (DateTimeOffset time, string text) when WireTime.TryParse(text, out var parsed) => time.CompareTo(parsed),
        (string text, DateTimeOffset time) when WireTime.TryParse(text, out var parsed) => parsed.CompareTo(time),
        _ => Compare(left, right),
    };

    /// <summary>Whether an order between the two means anything.</summary>
    public static bool AreComparable(object? left, object? right) =>
        Rank(left) == Rank(right) || (left is DateTimeOffset && right is string text && WireTime.TryParse(text, out _));

    /// <summary>A text that equal values share and others do not.</summary>
    public static string KeyOf(object? value)
    {
        var key = new StringBuilder();
        WriteKey(key, value);
        return key.ToString();
    }

    private static int Rank(object? value) => value switch
    {
        null or Missing => 1,
        long or double => 2,
        string => 3,
        Document => 4,
        ValueList => 5,
        bool => 6,
        _ => 7,
    };

    private static int CompareMembers(Document left, Document right) => CompareAll(
        left.Members.Zip(right.Members, (a, b) => Compare(a.Value, b.Value) is var byValue and not 0 ? byValue : string.CompareOrdinal(a.Key, b.Key)),
        left.Members.Count.CompareTo(right.Members.Count));

    private static int CompareAll(IEnumerable<int> orders, int otherwise) => orders.FirstOrDefault(order => order != 0) is var first and not 0 ? first : otherwise;

    private static void WriteKey(StringBuilder key, object? value)
    {
        switch (value)
        {
            case string text:
                key.Append('s').Append(text.Length).Append(':').Append(text);
                break;
            case Document document:
                key.Append('{').Append(document.Members.Count);
                foreach (var (name, member) in document.Members)
                {
                    WriteKey(key, name);
                    WriteKey(key, member);
                }

                break;
            case ValueList list:
                key.Append('[').Append(list.Items.Count);
                foreach (var item in list.Items)
                    WriteKey(key, item);
                break;
            case long or double:
                key.Append('n').Append(Numbers.Normal(value)).Append(';');
                break;
            default:
                key.Append(KeyOfOther(value));
                break;
        }
    }

    private static string KeyOfOther(object? value) => value switch
    {
        null or Missing => "0",
        true => "t",
        false => "f",
        DateTimeOffset time => string.Create(CultureInfo.InvariantCulture, $"d{time.UtcTicks};"),
        _ => throw new InvalidOperationException($"A pipeline knows no {value.GetType()}"),
    };
}
