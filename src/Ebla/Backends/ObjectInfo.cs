using Ebla.Primitives;

namespace Ebla.Backends;

/// <summary>One line of a listing.</summary>
public readonly record struct ObjectInfo(ObjectName Name, long SizeInBytes);
