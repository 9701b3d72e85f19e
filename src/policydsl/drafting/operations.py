def operation_texts(policy, language):
    return []
