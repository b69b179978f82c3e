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
        WriteMore(writer, error);
        writer.WriteEndObject();
    }

    private static (string Code, string Message) WordsOf(Error error) => error.Code switch
    {
        RequestErrors.InvalidJsonCode => ("invalid_json", error.Message),
        RequestErrors.TooLargeCode => ("payload_too_large", error.Message),
        RequestErrors.UnauthenticatedCode => ("unauthorized", "session_invalid_or_expired"),
        RequestErrors.OperatorCode => ("forbidden", "admin_required"),
        RequestErrors.ImpersonatingCode => ("forbidden", "impersonating"),
        RequestErrors.PermissionCode => ("forbidden", "insufficient_role"),
        RequestErrors.ScopeCode => ("forbidden", "insufficient_scope"),
        RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode => ("forbidden", "csrf_failed"),
        RequestErrors.NoRouteCode => ("not_found", "route_not_found"),
        RequestErrors.RateCode => ("rate_limited", error.Message),
        RequestErrors.FaultCode => ("internal_error", error.Message),
        RequestErrors.IdempotencyReusedCode => ("idempotency_conflict", error.Message),
        "user.username_taken" or "user.email_taken" => ("conflict", "username_or_email_already_exists"),
        "user.username_invalid" => ("invalid_request", "username_invalid"),
        "auth.account_banned" => ("account_disabled", error.Message),
        "password.too_short" => ("invalid_request", "password_too_short"),
        "password.too_long" or "password.too_weak" => ("invalid_request", "password_too_weak"),
        _ when error.Problems.Count > 0 => ("invalid_request", MessageOf(error.Problems[0])),
        _ => (ShortCode(error), error.Message),
    };

    private static string MessageOf(Problem problem)
    {
        if (!problem.Message.Contains(' ', StringComparison.Ordinal))
            return problem.Message; // a word of the contract
        return problem.Location.Count > 1 && problem.Type == "missing" ? $"{problem.Location[^1]}_required" : $"{string.Join('.', problem.Location.Skip(1))}: {problem.Message}";
    }
}
