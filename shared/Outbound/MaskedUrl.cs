namespace Platform.Outbound;

/// <summary>An address whose path may hold a secret, as it is shown again.</summary>
public static class MaskedUrl
{
    private const int ShownEnd = 4;

    /// <summary>Scheme, host and the last four characters of what follows, when there are more than four.</summary>
    public static string Of(Uri address)
    {
        var rest = address.PathAndQuery;
        var origin = address.GetLeftPart(UriPartial.Authority);
        return rest.Length <= ShownEnd ? origin + "/…" : $"{origin}/…{rest[^ShownEnd..]}";
    }
}
