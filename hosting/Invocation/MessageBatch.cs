namespace EmbeddedFunctions.Invocation;

/// <summary>The types of parameters that take a batch of messages.</summary>
internal static class MessageBatch
{
    /// <summary>The type of the single message, or null when the type is no batch.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
            return type == typeof(byte[]) ? null : type.GetElementType();
        if (!type.IsGenericType || type.GetGenericArguments() is not [var element])
            return null;
        return type.IsAssignableFrom(element.MakeArrayType()) || type == typeof(List<>).MakeGenericType(element) ? element : null;
    }
}
