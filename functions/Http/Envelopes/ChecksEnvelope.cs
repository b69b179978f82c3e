using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary><c>{"error": "text"}</c>, with <c>details</c> when several fields are at fault.</summary>
internal sealed class ChecksEnvelope : Envelope
{
    public override WireJson Json => WireJson.Camel;

    public override int StatusOf(Error error) => CommonStatus(error, badState: 400);

    public override void WriteError(Utf8JsonWriter writer, Error error, EnvelopeFacts facts)
    {
        writer.WriteStartObject();
        if (facts.TellsSuccess)
            writer.WriteBoolean("success"u8, false);
        writer.WriteString("error"u8, TextOf(error));
        if (IsOfJobKey(error))
            writer.WriteString("message"u8, error.Message);
        if (error.Code is RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode)
            writer.WriteString("code"u8, "csrf_failed"u8);
        else if (AuthCodes.CodeOf(error) is { } code)
            writer.WriteString("code"u8, code);
        if (error.Problems.Count > 1)
            WriteFieldDetails(writer, error);
        WriteMore(writer, error);
        writer.WriteEndObject();
    }

    private static bool IsOfJobKey(Error error) => error.Kind == ErrorKind.Unauthenticated && error.Code.StartsWith(JobKeyErrors.CodePrefix, StringComparison.Ordinal);

    private static string TextOf(Error error) => error.Code switch
    {
        RequestErrors.InvalidJsonCode => "Invalid JSON in request body",
        RequestErrors.UnauthenticatedCode => "Authentication required",
        RequestErrors.NoRouteCode => "Not found",
        RequestErrors.OperatorCode => "Admin privileges required",
        RequestErrors.ScopeCode or RequestErrors.PermissionCode => "Insufficient permissions",
        RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode => "CSRF token missing or invalid",
        _ when IsOfJobKey(error) => "Unauthorized",
        _ => AuthCodes.TextOf(error),
    };
}
