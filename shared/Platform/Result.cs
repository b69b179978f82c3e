using System.Diagnostics.CodeAnalysis;

namespace Platform;

/// <summary>Untyped view of a result, for the one place that turns results into answers.</summary>
public interface IResultValue
{
    Error? Error { get; }

    object? Value { get; }
}

/// <summary>An outcome or a refusal. Read <see cref="IsOk"/> first; <see cref="Value"/> of a refusal throws.</summary>
public readonly struct Result<T> : IResultValue
{
    private readonly T? _value;
    private readonly Error? _error;

    private Result(T? value, Error? error)
    {
        _value = value;
        _error = error;
    }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => _error is null;

    public T Value => _error is null ? _value! : throw new InvalidOperationException($"A refusal has no value: {_error.Code}");

    public Error? Error => _error;

    object? IResultValue.Value => Value;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Error error) => new(default, error);
}

/// <summary>The value of an operation that answers without a body.</summary>
public readonly record struct Nothing;
