// Compiled with the code of a function. Loads it once, then takes one invocation after another from the platform: frames of four length bytes (big endian) and JSON over a Unix socket.
using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Platform.Runtime;

internal static class Bootstrap
{
    private const string TokenVariable = "PLATFORM_WORKER_TOKEN";
    private const string Form = "static Task<object?> {0}(JsonElement e, Context c)";
    private const int MaxDepth = 900;
    private static readonly Socket Channel = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth + 10 };
    private static readonly JsonSerializerOptions Serializing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };
    private static byte[] _mark = [];

    private static void Main()
    {
        var token = Environment.GetEnvironmentVariable(TokenVariable)!;
        Environment.SetEnvironmentVariable(TokenVariable, null);
        _mark = Encoding.ASCII.GetBytes($"\0{token}\n");
        Console.SetOut(Output.Writer(Console.OpenStandardOutput));
        Console.SetError(Output.Writer(Console.OpenStandardError));
        Channel.Connect(new UnixDomainSocketEndPoint("/platform/worker.sock"));
        Send("hello", writer => writer.WriteString("token", token));
        var load = Receive();
        if (Load(load) is not { } handler)
        {
            Receive();
            return;
        }

        Send("ready", MarkOutput);
        for (var limit = load.GetProperty("limit").GetInt32(); ;)
            Invoke(handler, Receive(), limit);
    }

    private static Func<JsonElement, Context, Task<object?>>? Load(JsonElement frame)
    {
        try
        {
            foreach (var variable in frame.GetProperty("environment").EnumerateObject())
                Environment.SetEnvironmentVariable(variable.Name, variable.Value.GetString());
            var handler = Find(frame.GetProperty("handler").GetString()!);
            RuntimeHelpers.RunClassConstructor(handler.Method.DeclaringType!.TypeHandle);
            RuntimeHelpers.PrepareMethod(handler.Method.MethodHandle);
            return handler;
        }
        catch (Exception fault)
        {
            EndWithoutMemory(fault);
            SendError("failed", Failure.Of(fault), null);
            return null;
        }
    }

    private static Func<JsonElement, Context, Task<object?>> Find(string name)
    {
        const BindingFlags Own = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var named = typeof(Bootstrap).Assembly.GetTypes().Where(type => type != typeof(Bootstrap) && type != typeof(Output) && type != typeof(Context))
            .SelectMany(type => type.GetMember(name, MemberTypes.Method, Own)).Cast<MethodInfo>().ToList();
        var form = string.Format(Form, name);
        var fitting = named.FindAll(method => method.IsStatic && !method.ContainsGenericParameters && method.ReturnType == typeof(Task<object?>)
            && method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual([typeof(JsonElement), typeof(Context)]));
        return fitting switch
        {
            [var handler] => handler.CreateDelegate<Func<JsonElement, Context, Task<object?>>>(),
            [var one, var other, ..] => throw new HandlerNotFound($"Both {one.DeclaringType} and {other.DeclaringType} have a handler '{form}'"),
            _ when named.Count > 0 => throw new HandlerNotFound($"The handler has another form than '{form}'"),
            _ => throw new HandlerNotFound($"The code has no handler '{form}'"),
        };
    }

    private static void Invoke(Func<JsonElement, Context, Task<object?>> handler, JsonElement frame, int limit)
    {
        var began = Stopwatch.GetTimestamp();
        var before = Usage();
        var result = new ArrayBufferWriter<byte>(1024);
        Failure? failure = null;
        try
        {
            var value = Ended(handler(frame.GetProperty("event"), new Context(frame.GetProperty("context"), frame.GetProperty("timeoutMs").GetInt64())));
            failure = Serialize(value, result, limit);
        }
        catch (Exception fault)
        {
            EndWithoutMemory(fault);
            failure = Failure.Of(fault);
        }

        var used = Usage();
        var figures = new Figures((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds, used.CpuUs - before.CpuUs, used.RssKb);
        if (failure is not null)
            SendError("error", failure, figures);
        else
            Send("result", writer =>
            {
                figures.Write(writer);
                MarkOutput(writer);
                writer.WritePropertyName("result");
                writer.WriteRawValue(result.WrittenSpan, skipInputValidation: true);
            });
    }

    private static object? Ended(Task<object?>? task) =>
        (task ?? throw new InvalidOperationException("The handler returned null and no task")).GetAwaiter().GetResult();

    private static Failure? Serialize(object? value, ArrayBufferWriter<byte> result, int limit)
    {
        try
        {
            using (var writer = new Utf8JsonWriter(result, Writing))
            {
                if (value is null or JsonElement { ValueKind: JsonValueKind.Undefined })
                    writer.WriteNullValue();
                else
                    JsonSerializer.Serialize(writer, value, value.GetType(), Serializing);
            }
        }
        catch (Exception fault) when (!LacksMemory(fault))
        {
            return new Failure("ResultNotSerializable", fault.Message, null);
        }

        return result.WrittenCount > limit ? new Failure("ResultTooLarge", $"The result has more than {limit} bytes", null) : null;
    }

    // The platform learns it from a frame of its own; the process is of no more use.
    private static void EndWithoutMemory(Exception fault)
    {
        if (!LacksMemory(fault))
            return;
        Send("outOfMemory", MarkOutput);
        Receive();
    }

    private static bool LacksMemory(Exception? fault) =>
        fault is OutOfMemoryException || (fault is AggregateException all ? all.InnerExceptions.Any(LacksMemory) : fault is not null && LacksMemory(fault.InnerException));

    private static void SendError(string type, Failure failure, Figures? figures) => Send(type, writer =>
    {
        figures?.Write(writer);
        MarkOutput(writer);
        writer.WriteStartObject("error");
        writer.WriteString("type", failure.Type);
        writer.WriteString("message", failure.Message);
        writer.WriteString("stack", failure.Stack);
        writer.WriteEndObject();
    });

    private static void MarkOutput(Utf8JsonWriter writer) => writer.WriteNumber("marks", Output.Mark(_mark));

    private static void Send(string type, Action<Utf8JsonWriter> write)
    {
        var frame = new ArrayBufferWriter<byte>(1024);
        frame.Advance(4);
        using (var writer = new Utf8JsonWriter(frame, Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            write(writer);
            writer.WriteEndObject();
        }

        var bytes = MemoryMarshal.AsMemory(frame.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        while (bytes.Length > 0)
            bytes = bytes[Channel.Send(bytes)..];
    }

    // Each frame has bytes of its own: the event may live on in the function.
    private static JsonElement Receive()
    {
        var head = Fill(new byte[4]);
        return JsonDocument.Parse(Fill(new byte[BinaryPrimitives.ReadInt32BigEndian(head)]), new JsonDocumentOptions { MaxDepth = MaxDepth }).RootElement;
    }

    private static byte[] Fill(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var count = Channel.Receive(bytes.AsSpan(at));
            if (count == 0)
                Environment.Exit(0);
            at += count;
        }

        return bytes;
    }

    private static (long CpuUs, long RssKb) Usage()
    {
        var usage = new long[32]; // struct rusage: user and system time as seconds and microseconds, then the largest size
        _ = getrusage(0, usage);
        return (((usage[0] + usage[2]) * 1_000_000) + usage[1] + usage[3], usage[4]);
    }

    [DllImport("libc")]
    private static extern int getrusage(int who, [In, Out] long[] usage);

    private sealed class HandlerNotFound(string message) : Exception(message);

    private sealed record Figures(long Us, long CpuUs, long RssKb)
    {
        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteNumber("us", Us);
            writer.WriteNumber("cpuUs", CpuUs);
            writer.WriteNumber("rssKb", RssKb);
        }
    }

    private sealed record Failure(string Type, string Message, string? Stack)
    {
        public static Failure Of(Exception fault)
        {
            while (fault is TypeInitializationException { InnerException: { } inner })
                fault = inner;
            return new Failure(fault.GetType().Name, fault.Message, fault is HandlerNotFound ? null : StackOf(fault));
        }

        private static string StackOf(Exception fault)
        {
            var lines = fault.ToString().Split('\n').Where(line => !line.Contains($"{typeof(Bootstrap).Namespace}.{nameof(Bootstrap)}.")).ToList();
            return string.Join('\n', lines).TrimEnd();
        }
    }
}
