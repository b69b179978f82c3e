using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Builds;

public enum LogStream
{
    Stdout,
    Stderr,

    /// <summary>The platform's own words.</summary>
    System,

    /// <summary>Reported from elsewhere without saying which.</summary>
    User,
}

public enum LogLevel
{
    Debug,
    Info,
    Warn,
    Error,
}

/// <summary>A line of a build's log. <paramref name="Sequence"/> counts up in the build from 1, without gaps.</summary>
public sealed record LogLine(long Sequence, DateTimeOffset Timestamp, LogStream Stream, LogLevel Level, Guid? StepId, string Message);

/// <summary>A line that has no place in the log yet.</summary>
internal sealed record NewLine(DateTimeOffset Timestamp, LogStream Stream, LogLevel Level, Guid? StepId, string Message);

/// <summary>How the lines of a <see cref="BuildLogChunk"/> are written: compressed JSON, an array per line.</summary>
internal static class LogChunkCodec
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new LineConverter() } };

    public static byte[] Pack(IReadOnlyList<NewLine> lines)
    {
        using var packed = new MemoryStream();
        using (var zip = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(zip, lines, Options);
        return packed.ToArray();
    }

    public static IReadOnlyList<LogLine> Unpack(BuildLogChunk chunk)
    {
        using var zip = new BrotliStream(new MemoryStream(chunk.Content, writable: false), CompressionMode.Decompress);
        var lines = JsonSerializer.Deserialize<List<NewLine>>(zip, Options)!;
        return [.. lines.Select((line, index) => new LogLine(chunk.First + index, line.Timestamp, line.Stream, line.Level, line.StepId, line.Message))];
    }

    private sealed class LineConverter : JsonConverter<NewLine>
    {
        public override NewLine Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Read();
            var at = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64());
            reader.Read();
            var stream = (LogStream)reader.GetInt32();
            reader.Read();
            var level = (LogLevel)reader.GetInt32();
            reader.Read();
            Guid? step = reader.TokenType == JsonTokenType.Null ? null : reader.GetGuid();
            reader.Read();
            var message = reader.GetString()!;
            reader.Read();
            return new NewLine(at, stream, level, step, message);
        }

        public override void Write(Utf8JsonWriter writer, NewLine value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(value.Timestamp.ToUnixTimeMilliseconds());
            writer.WriteNumberValue((int)value.Stream);
            writer.WriteNumberValue((int)value.Level);
            if (value.StepId is { } step)
                writer.WriteStringValue(step);
            else
                writer.WriteNullValue();
            writer.WriteStringValue(value.Message);
            writer.WriteEndArray();
        }
    }
}
