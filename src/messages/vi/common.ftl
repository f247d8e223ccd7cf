internal_error = Hệ thống gặp lỗi; sự việc đã được ghi lại. Hãy thử lại, nếu vẫn lỗi hãy báo quản trị viên kèm mã yêu cầu.
