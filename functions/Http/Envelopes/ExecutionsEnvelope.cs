using System.Text.Json;

namespace Platform.Functions.Http;

/// <summary><c>{"detail": "text"}</c>, or a list of problems for 422.</summary>
internal sealed class ExecutionsEnvelope : Envelope
{
    public override WireJson Json => WireJson.Snake;

    public override int StatusOf(Error error) => error.Kind switch
    {
        _ when error.Code == RequestErrors.MethodCode => 405,
        ErrorKind.Invalid or ErrorKind.UnsupportedMediaType => 422,
        ErrorKind.BadState => 400,
        ErrorKind.Locked => 423,
        _ => CommonStatus(error, badState: 400),
    };

    public override void WriteError(Utf8JsonWriter writer, Error error, EnvelopeFacts facts)
    {
        writer.WriteStartObject();
        if (error.Problems.Count > 0)
            WriteProblems(writer, error.Problems);
        else
            writer.WriteString("detail"u8, TextOf(error));
        WriteMore(writer, error);
        if (error.Kind == ErrorKind.RateLimited && error.RetryAfter is { } wait)
        {
            writer.WriteNumber("retry_after"u8, (long)Math.Ceiling(wait.TotalSeconds));
            writer.WriteString("reset_at"u8, WireTime.ToText(facts.Now + wait));
        }
        writer.WriteEndObject();
    }

    private static string TextOf(Error error) => error.Code switch
    {
        RequestErrors.TooLargeCode => "Request too large. Maximum size is 10MB",
        RequestErrors.FaultCode => "Internal server error",
        _ => error.Message,
    };

    private static void WriteProblems(Utf8JsonWriter writer, IReadOnlyList<Problem> problems)
    {
        writer.WriteStartArray("detail"u8);
        foreach (var problem in problems)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("loc"u8);
            foreach (var segment in problem.Location)
            {
                if (int.TryParse(segment, out var index))
                    writer.WriteNumberValue(index);
                else
                    writer.WriteStringValue(segment);
            }
            writer.WriteEndArray();
            writer.WriteString("msg"u8, problem.Message);
            writer.WriteString("type"u8, problem.Type);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
