using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary>OpenAI's error object, on <c>/v1/*</c>.</summary>
internal sealed class GatewayEnvelope : Envelope
{
    public override WireJson Json => WireJson.Snake;

    public override int StatusOf(Error error) => CommonStatus(error, badState: 409);

    public override void WriteError(Utf8JsonWriter writer, Error error, EnvelopeFacts facts)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("type"u8, TypeOf(error.Kind));
        if (error.Problems is [var problem, ..] && problem.Location.Count > 1)
            writer.WriteString("param"u8, string.Join('.', problem.Location.Skip(1)));
        else
            writer.WriteNull("param"u8);
        writer.WriteString("code"u8, CodeOf(error));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Forbidden => "permission_error",
        ErrorKind.RateLimited or ErrorKind.Locked => "rate_limit_error",
        ErrorKind.Unavailable or ErrorKind.Failed => "server_error",
        _ => "invalid_request_error",
    };

    private static string CodeOf(Error error) => error.Code switch
    {
        RequestErrors.InvalidJsonCode => "invalid_json",
        RequestErrors.TooLargeCode => "request_too_large",
        RequestErrors.UnauthenticatedCode => "invalid_api_key",
        RequestErrors.ScopeCode => "insufficient_scope",
        RequestErrors.PermissionCode or RequestErrors.OperatorCode => "insufficient_role",
        RequestErrors.RateCode => "rate_limit_exceeded",
        RequestErrors.FaultCode => "internal_error",
        RequestErrors.NoRouteCode => "not_found",
        _ when error.Problems.Count > 0 => error.Problems[0].Type == "missing" ? "missing_required_parameter" : "invalid_value",
        _ => ShortCode(error),
    };
}
