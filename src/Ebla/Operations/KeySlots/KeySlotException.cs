using Ebla.Primitives;

namespace Ebla.Operations.KeySlots;

/// <summary>A change of the key slots was refused, because it would shut somebody out or cannot be done here.</summary>
public sealed class KeySlotException(string message, Exception? inner = null) : EblaException(message, inner);
