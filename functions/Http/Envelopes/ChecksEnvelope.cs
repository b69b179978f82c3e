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
        writer.WriteString("error"u8, TextOf(error));
        if (error.Code is RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode)
            writer.WriteString("code"u8, "csrf_failed"u8);
        if (error.Problems.Count > 1)
            WriteFieldDetails(writer, error);
        writer.WriteEndObject();
    }

    private static string TextOf(Error error) => error.Code switch
    {
        RequestErrors.InvalidJsonCode => "Invalid JSON in request body",
        RequestErrors.UnauthenticatedCode => "Authentication required",
        RequestErrors.NoRouteCode => "Not found",
        RequestErrors.OperatorCode => "Admin privileges required",
        RequestErrors.ScopeCode or RequestErrors.PermissionCode => "Insufficient permissions",
        RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode => "CSRF token missing or invalid",
        _ => error.Message,
    };
}
