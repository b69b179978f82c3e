using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary><c>{"error": "snake_code", "message": "text"}</c>.</summary>
internal sealed class InferenceEnvelope : Envelope
{
    public override WireJson Json => WireJson.Snake;

    public override int StatusOf(Error error) => CommonStatus(error, badState: 409);

    public override void WriteError(Utf8JsonWriter writer, Error error, EnvelopeFacts facts)
    {
        var (code, message) = WordsOf(error);
        writer.WriteStartObject();
        writer.WriteString("error"u8, code);
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
    }

    private static (string Code, string Message) WordsOf(Error error) => error.Code switch
    {
        RequestErrors.InvalidJsonCode => ("invalid_json", error.Message),
        RequestErrors.TooLargeCode => ("payload_too_large", error.Message),
        RequestErrors.UnauthenticatedCode => ("unauthorized", "session_invalid_or_expired"),
        RequestErrors.OperatorCode => ("forbidden", "admin_required"),
        RequestErrors.PermissionCode => ("forbidden", "insufficient_role"),
        RequestErrors.ScopeCode => ("forbidden", "insufficient_scope"),
        RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode => ("forbidden", "csrf_failed"),
        RequestErrors.NoRouteCode => ("not_found", "route_not_found"),
        RequestErrors.RateCode => ("rate_limited", error.Message),
        RequestErrors.FaultCode => ("internal_error", error.Message),
        RequestErrors.IdempotencyReusedCode => ("idempotency_conflict", error.Message),
        _ when error.Problems.Count > 0 => ("invalid_request", MessageOf(error.Problems[0])),
        _ => (ShortCode(error), error.Message),
    };

    private static string MessageOf(Problem problem) =>
        problem.Location.Count > 1 && problem.Type == "missing" ? $"{problem.Location[^1]}_required" : $"{string.Join('.', problem.Location.Skip(1))}: {problem.Message}";
}
