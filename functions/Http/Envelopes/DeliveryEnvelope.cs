using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary><c>{"success", "data" | "error", "code", "timestamp", "requestId"}</c>; the paging fields of a list stand beside <c>data</c>.</summary>
internal sealed class DeliveryEnvelope : Envelope
{
    public override WireJson Json => WireJson.Camel;

    public override int StatusOf(Error error) => CommonStatus(error, badState: 409);

    public override void WriteSuccess(Utf8JsonWriter writer, object value, EnvelopeFacts facts)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, true);
        writer.WritePropertyName("data"u8);
        if (value is IPage page)
        {
            WriteValue(writer, page.Items);
            writer.WriteNumber("total"u8, page.Total);
            writer.WriteNumber("limit"u8, page.Limit);
            writer.WriteNumber("offset"u8, page.Offset);
            foreach (var (name, more) in page.More ?? new Dictionary<string, object>())
            {
                writer.WritePropertyName(name);
                WriteValue(writer, more);
            }
        }
        else
        {
            WriteValue(writer, value);
        }
        WriteFacts(writer, facts);
    }

    public override void WriteError(Utf8JsonWriter writer, Error error, EnvelopeFacts facts)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, false);
        writer.WriteString("error"u8, error.Message);
        writer.WriteString("code"u8, CodeOf(error));
        WriteFieldDetails(writer, error);
        if (error.Details is { } own)
        {
            writer.WritePropertyName("details"u8);
            WriteValue(writer, own);
        }
        else if (error.MissingPermission is not null || error.More is not null)
            WriteDetails(writer, error);
        if (error.Data is { } data)
        {
            writer.WritePropertyName("data"u8);
            WriteValue(writer, data);
        }
        WriteFacts(writer, facts);
    }

    private void WriteDetails(Utf8JsonWriter writer, Error error)
    {
        writer.WriteStartObject("details"u8);
        if (error.MissingPermission is not null)
            writer.WriteString("missing"u8, error.MissingPermission);
        WriteMore(writer, error);
        writer.WriteEndObject();
    }

    private static string CodeOf(Error error) => error.Code switch
    {
        RequestErrors.InvalidJsonCode => "invalid_json",
        RequestErrors.TooLargeCode => "payload_too_large",
        RequestErrors.NoRouteCode => "not_found",
        RequestErrors.RateCode => "rate_limited",
        RequestErrors.FaultCode => "internal_error",
        RequestErrors.StartingCode => "unavailable",
        RequestErrors.CsrfMissingCode or RequestErrors.CsrfInvalidCode or RequestErrors.CrossSiteCode => "csrf_failed",
        RequestErrors.OperatorCode or RequestErrors.ScopeCode or RequestErrors.PermissionCode or RequestErrors.ImpersonatingCode => "forbidden",
        RequestErrors.IdempotencyReusedCode => "idempotency_conflict",
        _ when error.Problems.Count > 0 => "validation_failed",
        _ => ShortCode(error),
    };

    private static void WriteFacts(Utf8JsonWriter writer, EnvelopeFacts facts)
    {
        writer.WriteString("timestamp"u8, WireTime.ToText(facts.Now));
        writer.WriteString("requestId"u8, facts.CorrelationId);
        writer.WriteEndObject();
    }
}
