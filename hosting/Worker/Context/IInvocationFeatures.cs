namespace EmbeddedFunctions.Worker;

/// <summary>Values of an invocation by type.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    /// <summary>Stores a value under its type; null removes it.</summary>
    void Set<T>(T instance);

    /// <summary>The value stored under a type, or its default.</summary>
    T? Get<T>();
}
