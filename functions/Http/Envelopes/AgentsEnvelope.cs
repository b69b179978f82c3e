using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary><c>{"error": "text", "code": "machine_code"}</c>; a lost session has no code, so that clients can tell it from a missing provider account.</summary>
internal sealed class AgentsEnvelope : Envelope
{
    public override WireJson Json => WireJson.Camel;

    public override int StatusOf(Error error) => CommonStatus(error, badState: 400);

    public override void WriteError(Utf8JsonWriter writer, Error error, EnvelopeFacts facts)
    {
        var (text, code) = WordsOf(error);
        writer.WriteStartObject();
        if (facts.TellsSuccess)
            writer.WriteBoolean("success"u8, false);
        writer.WriteString("error"u8, text);
        if (code is not null)
            writer.WriteString("code"u8, code);
        if (error.Code == RequestErrors.ScopeCode)
            writer.WriteString("required"u8, error.MissingPermission);
        WriteMore(writer, error);
        WriteFieldDetails(writer, error);
        writer.WriteEndObject();
    }

    private static (string Text, string? Code) WordsOf(Error error) => error.Code switch
    {
        RequestErrors.InvalidJsonCode => ("Invalid JSON body", "invalid_json"),
        RequestErrors.UnauthenticatedCode => ("Unauthorized", null),
        RequestErrors.ScopeCode => ("Insufficient scope", "insufficient_scope"),
        RequestErrors.PermissionCode => ("Forbidden", "forbidden"),
        RequestErrors.ImpersonatingCode => (error.Message, "forbidden"),
        RequestErrors.SessionCode => (error.Message, "session_required"),
        RequestErrors.NoRouteCode => ("Not found", "not_found"),
        RequestErrors.RateCode => (error.Message, "rate_limited"),
        RequestErrors.FaultCode => ("Internal server error", "internal_error"),
        RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode => ("CSRF token missing or invalid", "csrf_failed"),
        RequestErrors.IdempotencyReusedCode => (error.Message, "idempotency_conflict"),
        _ when error.Problems.Count > 0 => ("Validation failed", "validation_failed"),
        _ => (error.Message, ShortCode(error)),
    };
}
